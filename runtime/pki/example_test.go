package pki_test

import (
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

func Example() {
	now := time.Now()
	hospital, err := pki.NewAuthority("h1.health.example", now)
	if err != nil {
		fmt.Println(err)
		return
	}
	epc, err := pki.ParseEPC("urn:epc:id:giai:0614141.5678")
	if err != nil {
		fmt.Println(err)
		return
	}
	monitor, err := hospital.Enroll(pki.Request{Role: flow.RoleDevice, EPC: epc, Group: "h1/3/icu-3/ecg"}, now)
	if err != nil {
		fmt.Println(err)
		return
	}

	v := pki.NewVerifier(hospital.Trust())
	id, err := v.Identify(monitor.Chain, now)
	fmt.Println(id.URI, id.Group, err)

	v.RevokeEPC(epc)
	_, err = v.Identify(monitor.Chain, now)
	fmt.Println(err)
	// Output:
	// spiffe://h1.health.example/device/giai/0614141.5678 h1/3/icu-3/ecg <nil>
	// certificate of "spiffe://h1.health.example/device/giai/0614141.5678" refused: it is revoked
}
