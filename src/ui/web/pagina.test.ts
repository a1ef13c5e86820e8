import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { abrirBroker } from '../../../tests/apoyo/broker.ts'
import { abrirUi } from '../../../tests/apoyo/ui.ts'
import type { Correo } from './buzon.ts'
import { empaquetar } from './empaquetar.ts'
import { guardarPaquete, leerPaquete } from './paquete.ts'

const CORREO: Correo = {
  id: 'c-1',
  asunto: 'Tu reserva',
  para: 'ana@correo.example',
  fecha: '2026-01-01T00:00:00Z',
  id_reserva: 'r-1',
  id_evento: 'e-1',
  texto: 'Hola',
  html: '<p style="color:red">Hola</p><script>alert(1)</script>',
  adjuntos: [],
}

const { broker, cerrar } = await abrirBroker()
const buzon = { listar: async () => [CORREO], leer: async (id: string) => (id === CORREO.id ? CORREO : undefined) }
const ui = await abrirUi({ broker, buzon })
after(async () => {
  await ui.cerrar()
  await cerrar()
})

const pedir = (camino: string, cabeceras: Record<string, string> = {}) => fetch(`${ui.url}${camino}`, { headers: cabeceras })
const enlazados = (html: string): readonly string[] => [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, ruta = '']) => ruta)

test('la página se sirve en cada dirección del navegador, en su idioma y con su política', async () => {
  for (const camino of ['/', '/buscar?origen=BOG', '/reserva/abc', '/mis-reservas', '/buzon']) {
    const respuesta = await pedir(camino)
    assert.equal(respuesta.status, 200, camino)
    assert.match(respuesta.headers.get('content-type') ?? '', /^text\/html/)
    assert.match(respuesta.headers.get('content-security-policy') ?? '', /^default-src 'self';.*object-src 'none'.*frame-ancestors 'none'/)
    assert.equal(respuesta.headers.get('content-security-policy')?.includes('unsafe'), false)
    assert.match(respuesta.headers.get('set-cookie') ?? '', /^sesion=/)
    assert.match(await respuesta.text(), /<html lang="es">/)
  }
  assert.match(await (await pedir('/', { 'accept-language': 'en-GB' })).text(), /<html lang="en">/)
  for (const camino of ['/favicon.ico', '/estaticos/no.js', '/estaticos/..%2fpackage.json', '/.env'])
    assert.equal((await pedir(camino)).status, 404, camino)
})

test('abrirla otra vez conserva la sesión; detrás de https la cookie es __Host-', async () => {
  const cookie = (await pedir('/')).headers.get('set-cookie')?.split(';')[0] ?? ''
  assert.equal((await pedir('/', { cookie })).headers.get('set-cookie')?.split(';')[0], cookie)
  const segura = await pedir('/', { 'x-forwarded-proto': 'https', cookie })
  assert.match(segura.headers.get('set-cookie') ?? '', /^__Host-sesion=.*; Secure$/)
  assert.match(segura.headers.get('strict-transport-security') ?? '', /max-age/)
})

test('B59 la página no nombra ningún host: todo lo suyo sale de donde ella salió', async () => {
  const html = await (await pedir('/')).text()
  const rutas = enlazados(html).filter((ruta) => ruta !== 'data:,')
  assert.ok(rutas.length >= 4)
  for (const ruta of rutas) assert.match(ruta, /^\/estaticos\/[\w-]+-[A-Z0-9]{8}\.(?:js|css|woff2)$/)
  assert.equal(/https?:\/\/|wss?:\/\//.test(html), false)
  assert.equal(/<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=/.test(html), false)
})

test('los archivos no cambian nunca: se guardan para siempre y van comprimidos a quien lo admite', async () => {
  const html = await (await pedir('/')).text()
  for (const ruta of enlazados(html).filter((una) => una !== 'data:,')) {
    const llano = await pedir(ruta, { 'accept-encoding': 'identity' })
    assert.equal(llano.status, 200)
    assert.equal(llano.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    assert.equal(llano.headers.get('content-encoding'), null)
    const contenido = Buffer.from(await llano.arrayBuffer())
    if (ruta.endsWith('.woff2')) {
      assert.equal(llano.headers.get('content-type'), 'font/woff2')
      assert.equal(contenido.subarray(0, 4).toString(), 'wOF2')
    } else {
      assert.deepEqual(huella(await crudo(ruta, 'br;q=0.9, gzip', brotliDecompressSync)), huella(contenido))
      assert.deepEqual(huella(await crudo(ruta, 'gzip, br;q=0', gunzipSync)), huella(contenido))
    }
  }
})

const huella = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** Los bytes tal como llegan: `fetch` los descomprimiría. */
const crudo = async (ruta: string, codificacion: string, descomprimir: (bytes: Buffer) => Buffer): Promise<Buffer> => {
  const { get } = await import('node:http')
  return new Promise((resolver) =>
    get(`${ui.url}${ruta}`, { headers: { 'accept-encoding': codificacion } }, (respuesta) => {
      const trozos: Buffer[] = []
      respuesta.on('data', (trozo) => trozos.push(trozo))
      respuesta.on('end', () => resolver(descomprimir(Buffer.concat(trozos))))
    }),
  )
}

test('el buzón se lista y se lee; el HTML de un correo se sirve donde no puede hacer nada', async () => {
  assert.deepEqual(await (await pedir('/api-buzon')).json(), [CORREO])
  assert.deepEqual(await (await pedir('/api-buzon/c-1')).json(), CORREO)
  assert.equal((await pedir('/api-buzon/otro')).status, 404)
  const html = await pedir('/api-buzon/c-1/html')
  assert.match(html.headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'self'; sandbox/)
  assert.equal(await html.text(), CORREO.html)
})

test('la página armada aparte es, byte por byte, la que se arma al arrancar', async (t) => {
  const carpeta = mkdtempSync(join(tmpdir(), 'aeroalpes-armada-'))
  t.after(() => rmSync(carpeta, { recursive: true }))
  const paquete = await empaquetar(join(import.meta.dirname, '../vistas'))
  await guardarPaquete(carpeta, paquete)
  assert.deepEqual(await leerPaquete(carpeta), paquete)
  await assert.rejects(leerPaquete(join(carpeta, 'otra')), { code: 'ENOENT' })
})
