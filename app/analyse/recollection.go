//go:build linux

package analyse

import (
	"context"
	"encoding/json"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

// recollection is what earlier runs found, as the child sees it: the parent is asked. It is a [checks.Results].
type recollection struct{ client *client }

// Recall implements [checks.Results].
func (r recollection) Recall(at checks.Revision, path checks.Path) (found []checks.Finding, ok bool) {
	if !protocol.ValidPath(string(path)) {
		return nil, false
	}
	text, err := r.client.ask(protocol.Recall, sideOf(at, path).Append(nil))
	if err == nil {
		err = json.Unmarshal(text, &found)
	}
	return found, err == nil
}

// Keep implements [checks.Results].
func (r recollection) Keep(at checks.Revision, path checks.Path, others []checks.Path, found []checks.Finding) {
	text, err := withoutCredentials(found)
	if err != nil || len(text) > checks.MaxResult || len(others) > checks.MaxDependencies || !protocol.ValidPath(string(path)) {
		return
	}
	result := protocol.Result{FileName: sideOf(at, path), Found: text}
	for _, other := range others {
		if !protocol.ValidPath(string(other)) {
			return // it names nothing that could be asked for later
		}
		result.Others = append(result.Others, string(other))
	}
	if body := result.Append(nil); len(body) <= protocol.MaxKeep {
		_ = r.client.tell(protocol.Keep, body) // a broken socket shows at the next question
	}
}

// withoutCredentials writes down what was found. Results outlast the run, so that no key may be in them, either.
func withoutCredentials(found []checks.Finding) ([]byte, error) {
	text, err := json.Marshal(found)
	if err != nil || len(found) == 0 {
		return text, err
	}
	var report checks.Report
	if err := json.Unmarshal(text, &report.Findings); err != nil { // a copy, for the check goes on with its own
		return nil, err
	}
	if err := redact(context.Background(), "", &report); err != nil {
		return nil, err
	}
	return json.Marshal(report.Findings)
}

// sideOf is a file of one of the two sides of the change.
func sideOf(at checks.Revision, path checks.Path) protocol.FileName {
	name := protocol.FileName{Revision: protocol.Head, Path: string(path)}
	if at == checks.AtMergeBase {
		name.Revision = protocol.MergeBase
	}
	return name
}
