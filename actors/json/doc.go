// Package jsonactors holds the actor types of the namespace json: they read and
// write JSON, and build lists and dictionaries and take them apart.
package jsonactors
