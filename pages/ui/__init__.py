"""What the pages share: words, the open project, jobs and their bars, charts, the palette."""
