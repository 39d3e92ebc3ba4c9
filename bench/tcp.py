"""
What one TCP connection carries, from memory to nowhere.

    tcp.py take ADDRESS              prints its port, takes one connection
    tcp.py give ADDRESS PORT BYTES   ends when all was taken
"""
import socket
import sys

PIECE = 1 << 20


def take(address):
    with socket.create_server((address, 0)) as s:
        print(s.getsockname()[1], flush=True)
        c, _ = s.accept()
    buf = bytearray(PIECE)
    while c.recv_into(buf):
        pass
    c.sendall(b"x")


def give(address, port, total):
    with socket.create_connection((address, int(port))) as s:
        data = bytes(PIECE)
        left = int(total)
        while left > 0:
            left -= s.send(data[:min(left, PIECE)])
        s.shutdown(socket.SHUT_WR)
        if s.recv(1) != b"x":
            sys.exit("tcp.py: not all was taken")


if __name__ == "__main__":
    {"take": take, "give": give}[sys.argv[1]](*sys.argv[2:])
