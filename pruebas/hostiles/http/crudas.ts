import fc from 'fast-check'

const LINEA = 'POST /vuelos/reserva HTTP/1.1\r\nhost: x\r\n'
const JSON_TIPO = 'content-type: application/json\r\n'

/** Lo que no es HTTP, o lo es a medias, o lo es de dos maneras a la vez. */
const SEMILLAS: readonly string[] = [
  'GET /health HTTP/1.1\r\nhost: x\r\n\r\n',
  `${LINEA}${JSON_TIPO}content-length: 2\r\n\r\n{}`,
  `${LINEA}${JSON_TIPO}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  `${LINEA}${JSON_TIPO}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\n\r\n`,
  `${LINEA}${JSON_TIPO}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`,
  `${LINEA}${JSON_TIPO}content-length: -1\r\n\r\n{}`,
  `${LINEA}${JSON_TIPO}content-length: 99999999999999999999\r\n\r\n{}`,
  `${LINEA}${JSON_TIPO}content-length: 0x2\r\n\r\n{}`,
  `${LINEA}${JSON_TIPO}content-length: 1000000000\r\n\r\n{}`,
  `${LINEA}${JSON_TIPO}transfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n{}`,
  `${LINEA}${JSON_TIPO}transfer-encoding: chunked\r\n\r\n2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
  `${LINEA}${JSON_TIPO}transfer-encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(2_000)}0\r\n\r\n`,
  `${LINEA}${JSON_TIPO}transfer-encoding: identity, chunked, chunked\r\n\r\n0\r\n\r\n`,
  `${LINEA}${JSON_TIPO}transfer-encoding : chunked\r\n\r\n0\r\n\r\n`,
  `${LINEA}${JSON_TIPO}content-encoding: gzip\r\ncontent-length: 3\r\n\r\n\x1f\x8b\x08`,
  `${LINEA}expect: 100-continue\r\n${JSON_TIPO}content-length: 2\r\n\r\n{}`,
  `${LINEA}expect: todo\r\n\r\n`,
  'GET /health HTTP/1.1\nhost: x\n\n',
  'GET /health HTTP/1.1\r\n\r\n',
  'GET /health HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n',
  'GET /health HTTP/1.0\r\n\r\n',
  'GET /health HTTP/9.9\r\nhost: x\r\n\r\n',
  'GET /health\r\n',
  'GET http://otro/health HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET //[ HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET * HTTP/1.1\r\nhost: x\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n',
  'CONNECT otro:443 HTTP/1.1\r\nhost: x\r\n\r\n',
  'BREW /cafe HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET /health HTTP/1.1\r\nhost: x\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
  `GET /health HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(2_500)}\r\n`,
  `GET /health HTTP/1.1\r\nhost: x\r\na: ${'b'.repeat(17_000)}\r\n\r\n`,
  'GET /health HTTP/1.1\r\nhost: x\r\na: b\r\n c\r\n\r\n',
  'GET /health HTTP/1.1\r\nhost: x\r\na\0b: c\r\n\r\n',
  'GET /health HTTP/1.1\r\nhost: x\r\n: vacía\r\n\r\n',
  'GET /hea\0lth HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET /vuelos/reserva/%E0%A4%A HTTP/1.1\r\nhost: x\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0',
  '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03',
  '\0\0\0\0',
  '\r\n\r\n\r\n',
  ' GET /health HTTP/1.1\r\n\r\n',
  `${'GET /health HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(20)}`,
]

type Cambio = readonly [donde: number, como: 'cambiar' | 'quitar' | 'poner' | 'cortar' | 'repetir', octeto: number]

const aplicar = (bytes: Buffer, [parte, como, octeto]: Cambio): Buffer => {
  const donde = Math.floor(parte * bytes.length)
  const [antes, despues] = [bytes.subarray(0, donde), bytes.subarray(donde)]
  const uno = Buffer.from([octeto])
  if (como === 'cambiar') return Buffer.concat([antes, uno, despues.subarray(1)])
  if (como === 'quitar') return Buffer.concat([antes, despues.subarray(1)])
  if (como === 'poner') return Buffer.concat([antes, uno, despues])
  if (como === 'cortar') return antes
  return Buffer.concat([antes, despues, despues])
}

const cambio = (): fc.Arbitrary<Cambio> =>
  fc.tuple(
    fc.double({ min: 0, max: 0.999, noNaN: true }),
    fc.constantFrom('cambiar', 'quitar', 'poner', 'cortar', 'repetir'),
    fc.oneof(fc.constantFrom(0, 9, 10, 13, 32, 58, 127, 255), fc.nat(255)),
  )

/** Bytes para una conexión propia: una de las semillas, como está o estropeada en unos pocos lugares. */
export const crudas = (): fc.Arbitrary<Buffer> =>
  fc.oneof(
    { arbitrary: fc.constantFrom(...SEMILLAS).map((uno) => Buffer.from(uno, 'latin1')), weight: 2 },
    {
      arbitrary: fc
        .tuple(fc.constantFrom(...SEMILLAS), fc.array(cambio(), { minLength: 1, maxLength: 4 }))
        .map(([uno, cambios]) => cambios.reduce(aplicar, Buffer.from(uno, 'latin1') as Buffer)),
      weight: 7,
    },
    { arbitrary: fc.uint8Array({ maxLength: 200 }).map((uno) => Buffer.from(uno)), weight: 1 },
  )
