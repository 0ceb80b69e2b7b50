package markdown

import (
	"fmt"
	"net/url"
	"strings"
)

// Link is a link to a web page. An address that is not http or https leaves its text alone.
func Link(text Inline, address string) Inline {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || text == "" {
		return text
	}
	return "[" + text + "](" + Inline(destination(address)) + ")"
}

// destination percent-encodes everything in an address that could end it, or mean something to Markdown or HTML.
func destination(address string) string {
	const verbatim = "-._/:?#=%+,;~"
	var b strings.Builder
	for i := range len(address) {
		c := address[i]
		switch {
		case isAlnum(rune(c)), strings.IndexByte(verbatim, c) >= 0:
			b.WriteByte(c)
		case c == '&':
			b.WriteString("&amp;")
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
