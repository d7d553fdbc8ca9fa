package ioactors

import "github.com/wardflow/wardflow/runtime/flow"

// Types are the actor types of this namespace: a new one gets a line here.
func Types() []flow.Type {
	return []flow.Type{
		Button(),
		Buzzer(),
		DigitalIn(),
		DigitalOut(),
		FileReader(),
		FileWriter(),
		Knob(),
		Light(),
		Log(),
		LogError(),
		LogInfo(),
		LogWarning(),
		PWM(),
		Print(),
		ServoMotor(),
		StandardIn(),
		Switch(),
		TiltSwitch(),
	}
}
