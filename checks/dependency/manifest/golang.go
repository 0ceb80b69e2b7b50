package manifest

// goEcosystem is what OSV calls the modules of Go.
const goEcosystem = "Go"

// goFormats are the files of the go command. What a go.sum holds is fetched to choose versions, which does not mean that
// it is built.
func goFormats() []format {
	return []format{
		{name: "go.mod", kind: Manifest, claims: []string{"go.mod"}, read: readGoMod},
		{name: "go.work", kind: Manifest, claims: []string{"go.work"}, read: readGoWork},
		{name: "go.sum", kind: Lockfile, claims: []string{"go.sum", "go.work.sum"}, read: readGoSum},
		{name: "go.env", kind: Settings, claims: []string{"go.env"}, read: readGoEnv},
	}
}
