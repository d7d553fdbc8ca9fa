package member

import (
	"bytes"
	"crypto/aes"
	gcm "crypto/cipher"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A hostile is a node in good standing that says what it likes.
type hostile struct {
	c      *cluster
	port   *port
	signer flow.Signer
	said   *statement
}

func (c *cluster) hostile(name flow.NodeID) *hostile {
	c.t.Helper()
	s := c.ca.signer(c.t, flow.RoleNode, string(name))
	said := must[*statement](c.t)(state(s, statementBody{Info: flow.NodeInfo{ID: name, Boot: 1, Door: string(name) + ":1"}, Seq: 1}))
	return &hostile{c: c, port: c.w.port(string(name)+":1", s.ID), signer: s, said: said}
}

// call connects to a and greets it with a statement.
func (h *hostile) call(kind byte, said []byte) net.Conn {
	h.c.t.Helper()
	conn, err := h.port.Dial(h.c.t.Context(), proto, "a:1", "a")
	if err != nil {
		h.c.t.Fatal(err)
	}
	conn.Write(frame([]byte{kind}, said)) // which a may not want to hear to its end
	return conn
}

// meet exchanges gossip keys, as an honest node would, and gives them.
func (h *hostile) meet(kind byte, own keys) (net.Conn, keys) {
	h.c.t.Helper()
	conn := h.call(kind, h.said.raw)
	if _, err := readFrame(conn, maxStatement); err != nil {
		h.c.t.Fatal(err)
	}
	if _, err := conn.Write(frame(nil, own.append(nil))); err != nil {
		h.c.t.Fatal(err)
	}
	b, err := readFrame(conn, keysFrame)
	if err != nil {
		return conn, keys{}
	}
	return conn, must[keys](h.c.t)(readKeys(b))
}

// told collects what a node tells of refusals.
type told struct {
	mu  sync.Mutex
	all []Refusal
}

func (r *told) add(x Refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, x)
}

// names fails the test unless there is a refusal with that reason that names who.
func (r *told) names(t *testing.T, who, why string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, x := range r.all {
		if x.Who == who && x.Proven && strings.Contains(x.Why, why) {
			return
		}
	}
	t.Errorf("told of %+v, want %q of %s", r.all, why, who)
}

// sealed is what memberlist's encryption makes, in either version.
func sealed(t *testing.T, version byte, key, plain, with []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	box, err := gcm.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	nonce := make([]byte, box.NonceSize())
	return box.Seal(append([]byte{version}, nonce...), nonce, plain, with)
}

// A member tries, over its own connection and with the gossip key: statements of
// others, of before, and about itself that are not true; keys of the last
// version there is; and what would end the process of an older memberlist. Each
// is refused, names it, and the cluster stays as it was.
func TestHostileMember(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		c.log.loud = true
		defer c.stop()
		var r told
		cfg := c.config("a", "a:1")
		cfg.Refused = r.add
		a := c.start(cfg)
		c.start(c.config("b", "b:1", "a:1"))
		c.untilUp("a", "b")
		evil := c.hostile("evil")
		uri := evil.signer.ID.URI
		before := a.Keys()

		// Another's statement, though it is a true one.
		conn := evil.call(stream, c.nodes["b"].statement())
		if n, err := conn.Read(make([]byte, 1)); err == nil {
			t.Errorf("a answered %d bytes to somebody who speaks as b", n)
		}
		r.names(t, uri, "it spoke as node b")

		// One about b, signed by itself, handed on as if it had come from b.
		b := c.nodes["b"].Self()
		b.Boot, b.Attributes = b.Boot+1, flow.Attributes{"owner": {"name": "evil"}}
		forged := must[*statement](t)(state(evil.signer, statementBody{Info: b, Seq: 1}))
		gossip{a}.NotifyMsg(forged.raw)
		gossip{a}.MergeRemoteState(appendBytes(nil, forged.raw), false)
		r.names(t, uri, errName.Error())

		// Its own, changed after it was signed.
		conn = evil.call(packets, bytes.Replace(evil.said.raw, []byte("evil:1"), []byte("evil:2"), 1))
		conn.Read(make([]byte, 1))
		r.names(t, uri, errSignature.Error())

		// A greeting that is too long, and one that wants nothing we have.
		conn = evil.call(packets, make([]byte, maxStatement+1))
		conn.Read(make([]byte, 1))
		r.names(t, uri, errFrame.Error())
		conn = evil.call('X', evil.said.raw)
		conn.Read(make([]byte, 1))
		r.names(t, uri, "which is nothing")

		// Keys of the last version, so that no later change would be taken.
		for version, why := range map[uint64]string{1<<64 - 1: errKeys.Error(), maxVersion: errAhead.Error()} {
			if _, got := evil.meet(keysOnly, keys{version: version, list: [][]byte{newKey()}}); len(got.list) > 0 {
				t.Errorf("keys of version %d were answered", version)
			}
			r.names(t, uri, why)
		}

		// With the key of today: packets and streams that memberlist can't bear.
		conn, ks := evil.meet(packets, keys{})
		key := ks.list[0]
		conn.Write(frame(nil, sealed(t, 0, key, bytes.Repeat([]byte{255}, 16), nil)))
		conn.Read(make([]byte, 1))
		for _, payload := range [][]byte{sealed(t, 1, key, nil, binary.BigEndian.AppendUint32([]byte{streamSealed}, 29)), sealed(t, 0, key, bytes.Repeat([]byte{255}, 16), binary.BigEndian.AppendUint32([]byte{streamSealed}, 45))} {
			conn, _ = evil.meet(stream, keys{})
			conn.Write(append(binary.BigEndian.AppendUint32([]byte{streamSealed}, uint32(len(payload))), payload...))
			io.Copy(io.Discard, conn)
		}
		r.names(t, uri, errCipher.Error())

		time.Sleep(10 * time.Second)
		if info, _ := a.Lookup("b"); info.Door != "b:1" || info.Attributes["owner"] != nil || !find(a.All(), "b").Up {
			t.Errorf("a knows now %+v", a.All())
		}
		if after := a.Keys(); len(after) == 0 || after[0] != before[0] {
			t.Errorf("a uses the gossip keys %v, and used %v", after, before)
		}
	})
}

// Who is revoked is not believed to be up any more, whoever says so.
func TestRevokedNodesAreNotBelieved(t *testing.T) {
	ca := newAuthority(t)
	v := &fickle{Verifier: ca}
	x := ca.signer(t, flow.RoleNode, "x")
	said := must[*statement](t)(state(x, statementBody{Info: flow.NodeInfo{ID: "x", Boot: 7, Door: "x:1"}, Seq: 3}))
	meta := must[[]byte](t)(recordOf(x, said))
	b, at := newBook("self", v), time.Now()
	if err := b.learn(said, at); err != nil {
		t.Fatal(err)
	}
	if err := b.believe("x", meta, at); err != nil {
		t.Fatal(err)
	}
	v.err = errors.New("revoked")
	for _, m := range [][]byte{meta, must[[]byte](t)(recordOf(x, must[*statement](t)(state(x, statementBody{Info: said.info, Seq: 4}))))} {
		if err := b.believe("x", m, at.Add(2*holdsFor)); !errors.Is(err, v.err) {
			t.Errorf("word that a revoked node is up: %v, want that it is revoked", err)
		}
	}
}

// fickle is a verifier that changes its mind.
type fickle struct {
	Verifier
	err error
}

func (f *fickle) Identify(chain []*x509.Certificate, now time.Time) (flow.Identity, error) {
	if f.err != nil {
		return flow.Identity{}, f.err
	}
	return f.Verifier.Identify(chain, now)
}

// A renewed certificate is told to the others by itself, soon after it is there,
// and everybody stays up.
func TestRenewedCertificatesAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t)
		defer c.stop()
		c.start(c.config("a", "a:1"))
		cfg := c.config("b", "b:1", "a:1")
		var mu sync.Mutex
		own := cfg.Signer()
		cfg.Signer = func() flow.Signer { mu.Lock(); defer mu.Unlock(); return own }
		c.start(cfg)
		c.untilUp("a", "b")
		for range 3 {
			next := c.ca.signer(t, flow.RoleNode, "b")
			mu.Lock()
			own = next
			mu.Unlock()
			time.Sleep(5 * time.Second)
			m := c.nodes["a"]
			m.book.mu.Lock()
			e := m.book.entries["b"]
			leaf, isUp := e.said.leaf, e.up
			m.book.mu.Unlock()
			if leaf != next.ID.Leaf || !isUp {
				t.Errorf("a knows b by the certificate %x (up %v), want %x", leaf[:4], isUp, next.ID.Leaf[:4])
			}
		}
		if r := c.nodes["a"].Refusals(); len(r) > 0 {
			t.Errorf("refusals: %+v", r)
		}
	})
}

// FuzzIntroduction gives a node a connection on which a verified node says what
// it likes: nothing panics, nobody is met but who the certificate says, and the
// connection ends.
func FuzzIntroduction(f *testing.F) {
	ca := newAuthority(f)
	evil, b := ca.signer(f, flow.RoleNode, "evil"), ca.signer(f, flow.RoleNode, "b")
	said := func(s flow.Signer, as flow.NodeID) []byte {
		return must[*statement](f)(state(s, statementBody{Info: flow.NodeInfo{ID: as, Boot: 1, Door: "x:1"}, Seq: 1})).raw
	}
	key := keys{version: 1, list: [][]byte{bytes.Repeat([]byte{7}, keySize)}}
	ours := said(b, "b")
	f.Add(append(frame([]byte{keysOnly}, said(evil, "evil")), frame(nil, key.append(nil))...))
	f.Add(append(frame([]byte{packets}, said(evil, "evil")), frame(frame(nil, key.append(nil)), bytes.Repeat([]byte{1}, 60))...))
	f.Add(frame([]byte{stream}, said(b, "b")))
	f.Add(frame([]byte{packets}, said(evil, "b")))
	f.Add([]byte{packets, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, in []byte) {
		m := &Members{cfg: Config{Self: flow.NodeInfo{ID: "a"}, Verifier: ca}, book: newBook("a", ca), transport: newTransport(nil)}
		var met []flow.NodeID
		tr := m.transport
		tr.self = func() []byte { return ours }
		tr.met = func(raw []byte, want flow.NodeID, _ source) (flow.NodeID, error) {
			s, err := readStatement(raw)
			if err != nil {
				return "", err
			}
			if s.info.ID != want {
				return "", errName
			}
			if err := m.book.learn(s, time.Time{}); err != nil {
				return "", err
			}
			met = append(met, s.info.ID)
			return s.info.ID, nil
		}
		tr.refuse = func(_ source, _ flow.NodeID, why error) error { return why }
		tr.share = func(theirs keys, _ bool) (keys, error) { return key.merge(theirs), nil }
		near, far := net.Pipe()
		done := make(chan struct{})
		go func() { tr.serve(far, evil.ID); close(done) }()
		go io.Copy(io.Discard, near)
		go func() {
			near.Write(in)
			near.Close()
		}()
		for open := true; open; {
			select {
			case p := <-tr.packet:
				if vetPacket(p.Buf) != nil {
					t.Errorf("%x was let through", p.Buf)
				}
			case c := <-tr.stream:
				io.Copy(io.Discard, c)
				c.Close()
			case <-done:
				open = false
			}
		}
		for _, id := range met {
			if id != "evil" {
				t.Errorf("%s was met on evil's connection", id)
			}
		}
	})
}
