package manifest

// otherFormats are the files of package managers …
func otherFormats() []format { return nil }
