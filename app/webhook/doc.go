// Package webhook receives what GitHub delivers: it verifies, stores the delivery together with the jobs that it asks
// for, and answers, all within milliseconds. The work is done later by package queue.
//
// # What each event does
//
// A review ("analyse") fetches and scans; a decision ("decide") only weighs what is stored again. Nothing is scanned
// twice for an event that brings no new code.
//
//	pull_request opened, reopened            analyse; a pull request that returns may meet another base
//	pull_request synchronize                 analyse, and cancel the reviews of older heads
//	pull_request edited, with a new base     analyse: another merge base, another policy
//	pull_request edited otherwise            decide: a title or body is no code
//	pull_request ready_for_review,
//	    converted_to_draft                   decide: the code was analysed as a draft; a decision without a result
//	                                         asks for the review itself
//	pull_request labeled, unlabeled          decide
//	pull_request closed                      decide for its head: the check on a commit speaks for the pull requests
//	                                         that are still open with it
//	pull_request_review, _review_comment,
//	    _review_thread                       decide, unless our own bot did it
//	issue_comment on a pull request          decide at the head last seen, unless our own bot wrote it
//	check_run rerequested, requested_action  analyse every open pull request with that head, and its merge group; of
//	                                         our own checks only
//	check_suite rerequested                  the same
//	check_suite requested                    nothing: the pull_request event says it too, and says more
//	merge_group checks_requested             analyse the group's commit
//	installation created, unsuspend,
//	    new_permissions_accepted             remember it
//	installation suspend                     remember it
//	installation deleted                     cancel its jobs, delete all that is known of it and its mirrors
//	installation_repositories added          remember them
//	installation_repositories removed        cancel their jobs, delete all that is known of them and their mirrors
//	everything else, ping included           acknowledged and not stored
//
// # Payloads only wake
//
// Events come late, twice and out of order. Nothing here believes more of a payload than it must: jobs read the pull
// request from GitHub when they run. An older event (by GitHub's updated_at) cancels nothing and changes nothing that
// is remembered of its pull request.
//
// The events about checks carry an empty list of pull requests when the head is in a fork; the store knows which open
// pull requests have that head.
//
// # Answers
//
//	202  stored, or nothing to do
//	400  not the JSON that GitHub sends, or without the headers that it sends
//	401  no valid SHA-256 signature; SHA-1 alone is refused
//	408  the payload did not arrive in time
//	405, 413, 415  not a POST, larger than 25 MiB, not application/json
//	503  the database did not take it: GitHub shows the delivery as failed, and it can be delivered again
//
// GitHub repeats nothing by itself. When a delivery is repeated it has the same GUID: one whose jobs wait or are done
// does nothing, one whose job failed runs again.
package webhook
