// Package capture listens in on a running hospital as an attacker on its network
// does, and shows what there is to hear: TLS 1.3 and nothing else. [Listen]
// records packets with tcpdump, [Read] puts the streams of TCP together again,
// [Stream.Records] and [Stream.Hello] read what TLS leaves in the open (RFC 8446),
// and [Needles] are the forms in which a secret could stand there.
package capture
