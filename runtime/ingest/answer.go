package ingest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// Path is where a device posts its readings.
const Path = "/v1/readings"

// An Answered is the body of an answer to a request whose readings were taken:
// outcomes in the order of the readings.
type Answered struct {
	Outcomes []Outcome `json:"outcomes"`
}

// A Problem is the body of any other answer: problem+json of RFC 9457.
type Problem struct {
	Title     string    `json:"title"`
	Status    int       `json:"status"`
	Detail    string    `json:"detail"`
	Elsewhere string    `json:"elsewhere,omitempty"` // with 421: https://host:port of the node to go to
	Outcomes  []Outcome `json:"outcomes,omitempty"`  // with 409 and 422: of the one reading
}

// answer says what has become of readings. With one reading the status tells it
// too: 200, 409 for one that was taken before, 422 for a refused one.
func answer(w http.ResponseWriter, outcomes []Outcome) {
	if len(outcomes) == 1 && outcomes[0].Outcome != Accepted {
		o := outcomes[0]
		p := Problem{Title: "Refused", Status: http.StatusUnprocessableEntity, Detail: o.Reason + ": " + o.Clause, Outcomes: outcomes}
		if o.Outcome == Already {
			p.Title, p.Status, p.Detail = "Already taken", http.StatusConflict, "a reading with this number was taken before"
		}
		problem(w, p)
		return
	}
	b, err := json.Marshal(Answered{outcomes})
	if err != nil {
		panic("ingest: an outcome can't be written: " + err.Error()) // it is text and numbers
	}
	write(w, http.StatusOK, typeJSON, b)
}

// refuse says why nothing was taken.
func refuse(w http.ResponseWriter, r *Refusal) {
	if r.After > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((r.After+time.Second-1)/time.Second)))
	}
	problem(w, Problem{Title: http.StatusText(r.Status), Status: r.Status, Detail: r.Why, Elsewhere: r.Elsewhere})
}

func problem(w http.ResponseWriter, p Problem) {
	b, err := json.Marshal(p)
	if err != nil {
		panic("ingest: a problem can't be written: " + err.Error())
	}
	write(w, p.Status, typeProblem, b)
}

var (
	typeJSON    = []string{JSON}
	typeProblem = []string{"application/problem+json"}
)

func write(w http.ResponseWriter, status int, contentType []string, b []byte) {
	h := w.Header()
	h["Content-Type"] = contentType
	h["Content-Length"] = []string{strconv.Itoa(len(b))}
	w.WriteHeader(status)
	w.Write(b)
}
