"""What the sources of the web share: polite fetching, a store on disk, and the text of pages."""
