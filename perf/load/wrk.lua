-- Asks for one path, or with `-- N` for /hit/0 … /hit/N-1: in turn from the one named by START, or at
-- random where START is "random". Says at the end in one line of JSON what was done.
local count, start = tonumber(os.getenv("OBJECTS") or "0"), os.getenv("START")
local next_one = tonumber(start or "0")

function init()
  if count == 0 then return end
  local tail = " HTTP/1.1\r\nHost: " .. wrk.headers["Host"] .. "\r\n\r\n"
  if start == "random" then
    math.randomseed(7)
    request = function() return "GET /hit/" .. math.random(0, count - 1) .. tail end
  else
    request = function()
      local line = "GET /hit/" .. next_one % count .. tail
      next_one = next_one + 1
      return line
    end
  end
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\nSUMMARY {"done": %d, "bytes": %d, "microseconds": %d, "errors": %d, "p50": %d}\n',
    summary.requests, summary.bytes, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50)))
end
