// A Kafka cluster in memory for the local cloud and the tests, with an HTTP interface that makes it misbehave.
//
//	kafka-broker -port 9192 -brokers 3 -control 9191 -topics in=6,out=1
package main

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/twmb/franz-go/pkg/kfake"
)

func main() {
	port := flag.Int("port", 9192, "first port on loopback")
	brokers := flag.Int("brokers", 1, "number of brokers, on consecutive ports")
	control := flag.Int("control", 9191, "port of the HTTP interface")
	topics := flag.String("topics", "", "name=partitions, separated by commas")
	users := flag.String("users", "", "mechanism:user:password, separated by commas; switches SASL on")
	certificate := flag.String("tls-certificate", "", "file in PEM; switches TLS on")
	key := flag.String("tls-key", "", "file in PEM")
	clients := flag.String("tls-clients", "", "authority of clients' certificates, a file in PEM; clients must have one")
	flag.Parse()

	var ports []int
	for i := range *brokers {
		ports = append(ports, *port+i)
	}
	options := []kfake.Opt{kfake.NumBrokers(*brokers), kfake.Ports(ports...)}
	for _, topic := range fields(*topics) {
		name, count, _ := strings.Cut(topic, "=")
		partitions, err := strconv.Atoi(count)
		if err != nil {
			log.Fatalf("topic %q: %v", topic, err)
		}
		options = append(options, kfake.SeedTopics(int32(partitions), name))
	}
	for _, user := range fields(*users) {
		parts := strings.SplitN(user, ":", 3)
		if len(parts) != 3 {
			log.Fatalf("user %q isn't mechanism:user:password", user)
		}
		options = append(options, kfake.EnableSASL(), kfake.Superuser(parts[0], parts[1], parts[2]))
	}
	if *certificate != "" {
		options = append(options, kfake.TLS(tlsOf(*certificate, *key, *clients)))
	}
	cluster, err := kfake.NewCluster(options...)
	if err != nil {
		log.Fatal(err)
	}
	defer cluster.Close()
	go func() { log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *control), controls(cluster))) }()
	fmt.Println("ready", strings.Join(cluster.ListenAddrs(), ","))
	wait()
}

// Ends with its parent, whose pipe it has as its input, or by a signal.
func wait() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	gone := make(chan struct{})
	go func() {
		io.Copy(io.Discard, os.Stdin)
		close(gone)
	}()
	select {
	case <-signals:
	case <-gone:
	}
}

func tlsOf(certificate, key, clients string) *tls.Config {
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		log.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}}
	if clients != "" {
		pem, err := os.ReadFile(clients)
		if err != nil {
			log.Fatal(err)
		}
		config.ClientCAs = x509.NewCertPool()
		config.ClientCAs.AppendCertsFromPEM(pem)
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return config
}

func fields(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}
