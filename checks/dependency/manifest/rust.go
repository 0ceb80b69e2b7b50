package manifest

// cratesEcosystem is what OSV calls the crates of Rust's registry.
const cratesEcosystem = "crates.io"

// rustFormats are the files of Cargo.
func rustFormats() []format {
	return []format{
		{name: "Cargo.toml", kind: Manifest, claims: []string{"Cargo.toml"}, read: readCargoToml},
		{name: "Cargo.lock", kind: Lockfile, claims: []string{"Cargo.lock"}, read: readCargoLock},
		{name: "cargo-config", kind: Settings, claims: []string{".cargo/config.toml", ".cargo/config"}, read: readCargoConfig},
	}
}
