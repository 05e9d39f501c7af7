"""Each report as one HTML file: self-contained, readable offline and on paper; the same data give the same bytes."""
