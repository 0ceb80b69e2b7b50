package manifest

// rustFormats are the files of package managers …
func rustFormats() []format { return nil }
