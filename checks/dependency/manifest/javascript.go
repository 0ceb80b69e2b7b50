package manifest

// javascriptFormats are the files of package managers …
func javascriptFormats() []format { return nil }
