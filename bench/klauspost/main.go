// The Go peer of the deflate benchmark: klauspost/compress, gzip, Huffman only, one thread.
//
// Reads lines "MILLISECONDS PATH" from standard input. For each it compresses the file's bytes in
// memory, again and again for that long after as long a run that is not counted, and answers with
// one line "CPU-NANOSECONDS PLAIN-BYTES CODED-BYTES": the CPU time of the whole process, all bytes
// compressed in it, the size of one result.
//
// Built by bench/deflate/peers.ts from Debian's golang-go and golang-github-klauspost-compress-dev.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/klauspost/compress/gzip"
)

func cpuNanoseconds() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func main() {
	runtime.GOMAXPROCS(1)
	files := map[string][]byte{}
	lines := bufio.NewScanner(os.Stdin)
	writer, err := gzip.NewWriterLevel(&bytes.Buffer{}, gzip.HuffmanOnly)
	if err != nil {
		panic(err)
	}
	var target bytes.Buffer
	for lines.Scan() {
		wish, path, _ := strings.Cut(lines.Text(), " ")
		atLeast, err := time.ParseDuration(wish + "ms")
		if err != nil {
			panic(err)
		}
		plain, known := files[path]
		if !known {
			if plain, err = os.ReadFile(path); err != nil {
				panic(err)
			}
			files[path] = plain
		}
		compress := func() (nanoseconds int64, plainBytes int) {
			began := cpuNanoseconds()
			for plainBytes == 0 || nanoseconds < atLeast.Nanoseconds() {
				target.Reset()
				writer.Reset(&target)
				if _, err := writer.Write(plain); err != nil {
					panic(err)
				}
				if err := writer.Close(); err != nil {
					panic(err)
				}
				plainBytes += len(plain)
				nanoseconds = cpuNanoseconds() - began
			}
			return
		}
		compress()
		nanoseconds, plainBytes := compress()
		fmt.Println(nanoseconds, plainBytes, target.Len())
	}
}
