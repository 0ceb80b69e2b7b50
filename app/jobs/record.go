package jobs

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
)

// record is what an analysis leaves for the decisions after it.
type record struct {
	BaseRef string           `json:"base_ref"`
	Target  checks.CommitSHA `json:"target"` // the tip of BaseRef as fetched; its policy counts

	Default   bool `json:"default"`   // BaseRef is the default branch
	Protected bool `json:"protected"` // BaseRef is a protected branch

	// Policy is the policy file at Target, nil when there is none.
	Policy         []byte `json:"policy,omitempty"`
	PolicyTooLarge bool   `json:"policy_too_large,omitempty"`

	// Failure says why there is no result: the change cannot be had, or the analysis was given up. What stands above is
	// then not read, and complete reads it.
	Failure string `json:"failure,omitempty"`
	Unread  bool   `json:"unread,omitempty"`
	fault   error  // why the policy cannot be told

	Result *review.Result `json:"result,omitempty"`
}

// failed is the record of a review that had no result, and as a rule came not so far as to read the policy.
func (r *record) failed(reason string) *record {
	r.Failure, r.Unread = reason, true
	return r
}

func (r *record) encode() ([]byte, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode the result of a review: %w", err)
	}
	return data, nil
}

func decode(data []byte) (*record, error) {
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("decode a stored review: %w", err)
	}
	return &r, nil
}

// judge is the verdict on a record, with what could not be checked besides the result's own.
//
// A policy that cannot be read never opens the gate: what is wrong with it is something that could not be checked, and
// the gate is enforced, since whoever wrote a policy meant it.
func (r *record) judge(defaults policy.Policy) (policy.Policy, policy.Decision, []checks.Unscanned) {
	var unscanned []checks.Unscanned
	if r.Failure != "" {
		unscanned = append(unscanned, checks.Unscanned{Reason: r.Failure, Kind: checks.Failed})
	}
	effective, err := r.policy(defaults)
	if err != nil {
		unscanned = append(unscanned, checks.Unscanned{Path: policy.File, Reason: "the policy at the target branch is not valid: " + err.Error(), Kind: checks.Failed})
		effective = defaults
		effective.Mode = policy.Enforce
	}
	var findings []checks.Finding
	all := unscanned
	if r.Result != nil {
		findings = r.Result.Findings
		all = slices.Concat(unscanned, r.Result.Unscanned)
	}
	return effective, policy.Decide(effective, findings, all, r.Result.Unanswered()), unscanned
}

func (r *record) policy(defaults policy.Policy) (policy.Policy, error) {
	if r.fault != nil {
		return defaults, r.fault
	}
	if r.PolicyTooLarge {
		return defaults, fmt.Errorf("%s is larger than %d bytes", policy.File, policy.MaxBytes)
	}
	return policy.Parse(policy.File, r.Policy, defaults)
}

// origin says where the policy came from, for people.
func (r *record) origin() string {
	if r.Policy == nil && !r.PolicyTooLarge {
		return "the server's defaults; the repository has no " + policy.File
	}
	return fmt.Sprintf("%s as it stands on %s", policy.File, r.BaseRef)
}

// gate is the name of the check that speaks for this pull request.
func (r *record) gate(p policy.Policy) string {
	if p.Gates(r.BaseRef, r.Default, r.Protected) {
		return gateName
	}
	return ungatedName
}
