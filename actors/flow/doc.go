// Package flowactors holds the actor types of the namespace flow: they steer
// tokens and never look into them. (Package flow is the floor, runtime/flow.)
package flowactors
