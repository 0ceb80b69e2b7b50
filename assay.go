// Package assay holds what belongs to the repository as a whole.
package assay

import _ "embed"

// AppManifest is app.yml: what the App asks GitHub for.
//
//go:embed app.yml
var AppManifest []byte
