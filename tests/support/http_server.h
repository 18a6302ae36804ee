#pragma once

#include "melvit/core/file.h"

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace melvit::test {

/// One connection as its handler sees it: what the client asked, and a way to answer, well or badly.
class HttpExchange {
public:
    HttpExchange(int socket, std::string request, const std::atomic<bool>& is_stopping)
        : socket_(socket), request_(std::move(request)), is_stopping_(is_stopping) {}

    const std::string& request() const { return request_; }

    /// The value of a header, "" without it.
    std::string header(const std::string& name) const {
        const std::size_t at = request_.find("\r\n" + name + ": ");
        if (at == std::string::npos) return "";
        const std::size_t begin = at + name.size() + 4;
        return request_.substr(begin, request_.find("\r\n", begin) - begin);
    }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;  // the client has gone
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    /// Status line and headers.
    void head(const std::string& status, const std::string& headers) {
        send("HTTP/1.1 " + status + "\r\nConnection: close\r\n" + headers + "\r\n");
    }

    /// The whole of a file under an ETag, or the rest from the range that was asked for.
    void serve(const std::string& content, const std::string& tag = "\"1\"") {
        const std::string range = header("Range");
        if (range.empty() || header("If-Range") != tag) {
            head("200 OK", "ETag: " + tag + "\r\nContent-Length: " + std::to_string(content.size()) + "\r\n");
            return send(content);
        }
        const std::size_t begin = std::stoul(range.substr(6));
        const std::string total = std::to_string(content.size());
        if (begin >= content.size()) {
            return head("416 Range Not Satisfiable",
                        "Content-Length: 0\r\nContent-Range: bytes */" + total + "\r\n");
        }
        head("206 Partial Content", "ETag: " + tag +
                                        "\r\nContent-Length: " + std::to_string(content.size() - begin) +
                                        "\r\nContent-Range: bytes " + std::to_string(begin) + "-" +
                                        std::to_string(content.size() - 1) + "/" + total + "\r\n");
        send(std::string_view(content).substr(begin));
    }

    /// Says nothing until the test ends.
    void hang() const {
        while (!is_stopping_.load()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }

private:
    int socket_;
    std::string request_;
    const std::atomic<bool>& is_stopping_;
};

/// An HTTP server on the loopback interface, one connection after the other, that answers as its handler
/// says.
class HttpServer {
public:
    /// handler  is called with each exchange and its number, counted from 0
    explicit HttpServer(std::function<void(HttpExchange&, std::size_t)> handler)
        : handler_(std::move(handler)) {
        listener_ = FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(listener_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
        ::listen(listener_.number(), 8);
        socklen_t length = sizeof(address);
        ::getsockname(listener_.number(), reinterpret_cast<sockaddr*>(&address), &length);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { run(); });
    }

    ~HttpServer() {
        is_stopping_.store(true);
        ::shutdown(listener_.number(), SHUT_RDWR);
        thread_.join();
    }

    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(port_) + path;
    }

    std::vector<std::string> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

private:
    void run() {
        for (std::size_t number = 0; !is_stopping_.load(); ++number) {
            const FileDescriptor socket(::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
            if (socket.number() < 0) return;
            std::string request;
            std::array<char, 4096> piece{};
            while (request.find("\r\n\r\n") == std::string::npos) {
                const ssize_t got = ::recv(socket.number(), piece.data(), piece.size(), 0);
                if (got <= 0) break;
                request.append(piece.data(), static_cast<std::size_t>(got));
            }
            {
                const std::lock_guard lock(mutex_);
                requests_.push_back(request);
            }
            HttpExchange exchange(socket.number(), request, is_stopping_);
            handler_(exchange, number);
        }
    }

    std::function<void(HttpExchange&, std::size_t)> handler_;
    FileDescriptor listener_;
    int port_ = 0;
    std::atomic<bool> is_stopping_{false};
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

}  // namespace melvit::test
