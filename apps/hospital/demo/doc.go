// Package demo brings a hospital ward to life on one machine: a certificate
// authority, a chain with rules, three nodes in processes of their own, the
// ward's script, and the sensors that play recordings or generate signals. It
// uses nothing that a hospital would not use: the same commands, files, API and
// certificates; only the beds are made up.
package demo
