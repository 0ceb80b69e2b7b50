package publish

// Limits that GitHub sets. The sizes of texts are in package markdown.
const (
	// annotationsPerRequest is how many annotations one request may carry; each further request appends
	// (docs.github.com, "Update a check run").
	annotationsPerRequest = 50

	// perPage is the most entries that a list gives at once.
	perPage = 100

	// maxFilePages covers the 3,000 files that list-files gives at most.
	maxFilePages = 30
)

// Bounds of our own.
const (
	// MaxInline is how many inline comments a review may have. People stop reading at about this many (frogbot#185); the
	// rest is in the check run.
	MaxInline = 10

	// MaxAnnotations is how many annotations a check run may have: four requests' worth. What exceeds it is still in the
	// table of findings.
	MaxAnnotations = 200

	// maxRunPages bounds the search for our check runs on a commit. GitHub keeps 1,000 runs of one name.
	maxRunPages = 20

	// maxCommentPages bounds the search for our comments on a pull request. Beyond it we can't know what was said
	// already, and say nothing more inline.
	maxCommentPages = 30

	// maxReviewPages bounds the search for a review that was begun and never submitted.
	maxReviewPages = 10

	// maxAttempts is how many reviews are sent to find the comments that GitHub refuses. Halving finds one bad comment
	// among MaxInline with seven; what is not cleared by then goes into the check run.
	maxAttempts = 16

	// maxPatch is the size beyond which a patch is not parsed. GitHub shows none above 500 KB.
	maxPatch = 1 << 20

	// maxRows is how many rows a table in a check run has.
	maxRows = 50

	// maxTitle is the length of a check run's title and of an annotation's, in bytes. GitHub's pages show one line.
	maxTitle = 200

	// maxMessage, maxFix and maxSnippet bound the parts of a finding that are quoted, in bytes of plain text. Rules write
	// a few hundred; the lines come from the pull request and can be of any length.
	maxMessage = 4 << 10
	maxFix     = 2 << 10
	maxSnippet = 2 << 10

	// maxSteps and maxStep bound a trace: its steps, and the bytes of the line that each shows.
	maxSteps = 20
	maxStep  = 200

	// maxExplained is how much one finding may take of a check run's text, in bytes: a handful fit whatever they hold.
	maxExplained = 12 << 10

	// maxCell bounds a path or a reason in a table, in bytes. A path can have 4,096.
	maxCell = 200

	// maxAddress is the length of the longest address that is linked, in bytes. Browsers and proxies take no longer ones
	// for certain.
	maxAddress = 2000

	// maxReferences is how many links of a remediation are shown.
	maxReferences = 5
)
