// Package mqtt takes readings over MQTT 5: from devices that connect to this
// node with their own certificates, and from an outside broker whose word
// counts for nothing.
//
//	b, err := mqtt.Serve(mqtt.Config{Listener: l, TLS: conf, Verifier: v, Core: core})
//
// A device publishes the readings of a stream, in any form that the ingest of
// HTTP takes, to site/floor/room/EPC/stream ([Topic]). Who it is, its verified
// certificate says; a topic or a reading that says otherwise is refused and
// goes into the audit record. A message of QoS 1 is acknowledged when its
// readings are durable, with a reason code and, where something was refused, a
// reason in words. Nothing that a device publishes is handed to anybody else.
//
// A device may subscribe to one topic, answers/EPC ([AnswersTo]), for what
// became of messages that name it as their response topic. Sessions last as
// long as their connection, and each device has one: the newest. There are no
// retained messages, no wills, no QoS 2.
//
// Where a hospital has a broker of its own, a node follows it ([Follow]) and takes
// what devices have sealed:
//
//	f, err := mqtt.Follow(mqtt.FollowConfig{Broker: "mqtts://broker.h1.example:8883", TLS: conf, Client: "bedside", Verifier: v, Core: core})
package mqtt
