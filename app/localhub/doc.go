// Package localhub is a local GitHub over real HTTP, to demonstrate Assay with and to test against.
//
// It keeps accounts, apps, repositories (bare git repositories on disk) and pull requests in memory, and serves them as
// GitHub does: the REST API under /api/v3/ and GraphQL at /api/graphql, as on GitHub Enterprise Server; git at
// /OWNER/REPO.git through git's own http-backend; pages at /OWNER/REPO/pull/N; webhooks, signed, to the apps that
// subscribed. It enforces GitHub's rules: permissions, where an inline comment may stand, the limits of check runs.
//
//	hub := localhub.StartTest(t, localhub.Options{})
//	acme, dev := hub.Organisation("acme"), hub.User("dev")
//	repo := acme.Repository("shop", localhub.RepositoryOptions{Private: true})
//	repo.Commit("main", "begin", dev, localhub.Files{"main.py": "print('hello')\n"})
//
//	app := hub.App(localhub.AppOptions{
//		Slug: "assay", Owner: acme, WebhookURL: server.URL + "/webhook", WebhookSecret: secret,
//		Permissions: map[string]string{"contents": "read", "pull_requests": "write", "checks": "write"},
//		Events:      []string{"pull_request"},
//	})
//	installation := app.Install(acme)
//
//	repo.Commit("feature", "add a feature", dev, localhub.Files{"feature.py": "…"}, localhub.Delete("main.py"))
//	pull := repo.OpenPull(localhub.NewPull{Head: "feature", Title: "A feature", Author: dev}) // sends "opened"
//	repo.Commit("feature", "more", dev, localhub.Files{"more.py": "…"})                     // sends "synchronize"
//	hub.Flush()                                                                              // all webhooks answered
//
//	pull.ReviewComments(); repo.CheckRuns(pull.Head()); hub.Writes(); hub.Deliveries() // what came of it
//
// The app under test signs in with app.ID() and app.PrivateKey() at hub.APIURL(). Seeds and actions return no error: a
// failure goes to Options.Fail (with StartTest it ends the test) and stays in [Hub.Err].
//
// Trouble is made on request: [Hub.Faults] answers garbage, drops the connection before or after a change was made, or
// hangs; [Hub.Latency] delays; [Hub.Limit] turns GitHub's rate limits on; [Hub.Redeliver] repeats a webhook under its GUID.
//
// The package shares no code with the clients it tests, not even a library of GitHub's types: a misunderstanding on one
// side must not be able to hide behind the same misunderstanding on the other. Instead, tests check what it says
// against GitHub's own OpenAPI description, with package openapi beside it:
//
//	github := openapi.New(t) // fails the test at its end if anything contradicts GitHub's description
//	hub := localhub.StartTest(t, localhub.Options{Wrap: github.Wrap, OnWebhook: github.Webhook})
package localhub
