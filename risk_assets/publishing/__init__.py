"""What readers get: workbook, pictures, the terminal's short result. Figures come from tables."""
