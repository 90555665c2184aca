package main

import (
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// What the tests ask of the cluster:
//
//	GET  /health
//	POST /leaders        the partitions' leaders move to other brokers
//	POST /coordinators   the groups' coordinators do
//	POST /fail?key=8&error=25&times=3   the next requests with this API key are answered with this error;
//	                     without an error their connections are closed
//	GET  /failed         how many requests were answered so
func controls(cluster *kfake.Cluster) http.Handler {
	var failed atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /failed", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, failed.Load()) })
	mux.HandleFunc("POST /leaders", func(http.ResponseWriter, *http.Request) { cluster.ShufflePartitionLeaders() })
	mux.HandleFunc("POST /coordinators", func(http.ResponseWriter, *http.Request) { cluster.RehashCoordinators() })
	mux.HandleFunc("POST /fail", func(w http.ResponseWriter, r *http.Request) {
		key, err := strconv.Atoi(r.FormValue("key"))
		if err != nil {
			http.Error(w, "key isn't a number", http.StatusBadRequest)
			return
		}
		code, _ := strconv.Atoi(r.FormValue("error"))
		times, _ := strconv.Atoi(r.FormValue("times"))
		for range max(times, 1) {
			cluster.ControlKey(int16(key), func(request kmsg.Request) (kmsg.Response, error, bool) {
				failed.Add(1)
				response, err := failure(request, int16(code))
				return response, err, true
			})
		}
	})
	return mux
}

// The answer with the error, or an error that closes the connection.
func failure(request kmsg.Request, code int16) (kmsg.Response, error) {
	if code == 0 {
		return nil, fmt.Errorf("closed on request")
	}
	response := request.ResponseKind()
	switch to := response.(type) {
	case *kmsg.HeartbeatResponse:
		to.ErrorCode = code
	case *kmsg.JoinGroupResponse:
		to.ErrorCode = code
	case *kmsg.SyncGroupResponse:
		to.ErrorCode = code
	case *kmsg.OffsetCommitResponse:
		for _, topic := range request.(*kmsg.OffsetCommitRequest).Topics {
			answer := kmsg.OffsetCommitResponseTopic{Topic: topic.Topic}
			for _, partition := range topic.Partitions {
				answer.Partitions = append(answer.Partitions, kmsg.OffsetCommitResponseTopicPartition{Partition: partition.Partition, ErrorCode: code})
			}
			to.Topics = append(to.Topics, answer)
		}
	case *kmsg.ProduceResponse:
		for _, topic := range request.(*kmsg.ProduceRequest).Topics {
			answer := kmsg.ProduceResponseTopic{Topic: topic.Topic, TopicID: topic.TopicID}
			for _, partition := range topic.Partitions {
				answer.Partitions = append(answer.Partitions, kmsg.ProduceResponseTopicPartition{Partition: partition.Partition, ErrorCode: code})
			}
			to.Topics = append(to.Topics, answer)
		}
	case *kmsg.FetchResponse:
		for _, topic := range request.(*kmsg.FetchRequest).Topics {
			answer := kmsg.FetchResponseTopic{Topic: topic.Topic, TopicID: topic.TopicID}
			for _, partition := range topic.Partitions {
				answer.Partitions = append(answer.Partitions, kmsg.FetchResponseTopicPartition{Partition: partition.Partition, ErrorCode: code})
			}
			to.Topics = append(to.Topics, answer)
		}
	default:
		return nil, fmt.Errorf("no such failure of API %d", request.Key())
	}
	return response, nil
}
