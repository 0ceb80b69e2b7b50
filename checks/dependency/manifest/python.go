package manifest

// pythonFormats are the files of package managers …
func pythonFormats() []format { return nil }
