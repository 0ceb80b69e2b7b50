package localhub

import (
	"net/http"
)

func isMutation(body []byte) bool { return false }

func (h *Hub) serveGraphQL(w http.ResponseWriter, r *http.Request) {
	writeRefusal(w, notFound())
}
