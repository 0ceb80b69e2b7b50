package manifest

// goFormats are the files of package managers …
func goFormats() []format { return nil }
