package manifest

// jvmFormats are the files of package managers …
func jvmFormats() []format { return nil }
