"""What leaves the study: tables, workbooks and papers."""
