package pki_test

import (
	"errors"
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

	// It is lost: the authority says so in a list, which anybody may carry here.
	if err := hospital.Issuing.Revoke(id.Serial, pki.KeyCompromise, now); err != nil {
		fmt.Println(err)
		return
	}
	list, err := hospital.Issuing.Publish(now)
	if err != nil {
		fmt.Println(err)
		return
	}
	changed, err := v.Revoke(list)
	fmt.Println(changed, err)
	_, err = v.Identify(monitor.Chain, now)
	fmt.Println(errors.Is(err, pki.ErrRevoked))
	// Output:
	// spiffe://h1.health.example/device/giai/0614141.5678 h1/3/icu-3/ecg <nil>
	// true <nil>
	// true
}
