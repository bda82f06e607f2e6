"""The same results as they leave the board: official papers in Word, workbooks for the units."""
