package housetest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/trial/housetest"
	"github.com/wardflow/wardflow/runtime/flow"
)

// The hospital comes to life, and takes what its device brings over both ways.
func TestHouse(t *testing.T) {
	if testing.Short() {
		t.Skip("starts real nodes")
	}
	h := housetest.Open(t, housetest.Config{})
	body := fmt.Sprintf(`{"stream":"temp","seq":1,"kind":"8310-5","unit":"Cel","at":%d,"value":"36.6"}`, time.Now().UnixNano())
	if got := h.BringHTTPS("application/json", []byte(body)); !strings.Contains(string(got), "accepted") {
		t.Errorf("HTTPS answered %s", got)
	}
	h.BringMQTT(&flow.Reading{Stream: "hr", Seq: 1, Kind: "8867-4", Unit: "/min", At: time.Now(), Scale: 1_000_000, Samples: []int64{72}})
}
