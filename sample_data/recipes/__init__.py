"""How the sample tables are made: `sources` fetches, the other modules turn files into rows."""
