// Package sys holds the actor types of the namespace sys, which the system puts
// into an application by itself where a script asks for what they do.
package sys
