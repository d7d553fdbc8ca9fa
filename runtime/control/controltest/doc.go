// Package controltest is a hospital ward that only looks alive: a
// [control.Backend] for tests of the API, of the page and of the command line.
// Its numbers follow from its clock alone, so a picture of it can be compared.
package controltest
