import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Registry } from 'prom-client'
import type { Planificador } from '../infraestructura/puertos.ts'
import { crearAforo } from './aforo.ts'
import { servidorDePrueba } from './servidor_de_prueba.ts'

/** Un planificador que la prueba hace vencer; `plazos` son los que faltan. */
const planificadorAMano = () => {
  const plazos = new Map<object, Readonly<{ ms: number; tarea: () => void }>>()
  const planificador: Planificador = {
    enseguida: setImmediate,
    tras: (ms, tarea) => {
      const llave = {}
      plazos.set(llave, { ms, tarea })
      return { cancelar: () => void plazos.delete(llave) }
    },
  }
  const vencer = () => {
    for (const { tarea } of [...plazos.values()]) tarea()
  }
  return { planificador, vencer, plazos: () => [...plazos.values()].map(({ ms }) => ms) }
}

/** Una conexión: lo que se le escribe, y cada respuesta entera, en orden. */
const abrirConexion = async (puerto: number) => {
  const enchufe: Socket = connect({ port: puerto, host: '127.0.0.1', noDelay: true })
  await once(enchufe, 'connect')
  let llegado = ''
  enchufe.setEncoding('latin1')
  enchufe.on('data', (trozo: string) => {
    llegado += trozo
  })
  enchufe.on('error', () => {})
  const respuesta = async (): Promise<string> => {
    for (;;) {
      const [cabecera = '', cuerpo] = llegado.split(/\r\n\r\n/, 2)
      const fin = cabecera.length + 4 + Number(/content-length: (\d+)/i.exec(cabecera)?.[1])
      if (cuerpo !== undefined && llegado.length >= fin) {
        const entera = llegado.slice(0, fin)
        llegado = llegado.slice(fin)
        return entera
      }
      await once(enchufe, 'data')
    }
  }
  const enviar = (texto: string) => new Promise<void>((listo) => enchufe.write(texto, () => listo()))
  return { enchufe, enviar, respuesta }
}

const post = (camino: string, cabeceras = ''): string =>
  `POST ${camino} HTTP/1.1\r\nhost: a\r\n${cabeceras}content-type: application/json\r\ncontent-length: 2\r\n\r\n{}`
const LEE = 'GET /quien HTTP/1.1\r\nhost: a\r\n\r\n'

/** Un servidor donde cabe uno que escribe, y ese lugar ocupado hasta `soltar`. `leidos`: los POST que llegaron a leerse. */
const abrirLleno = async (t: TestContext) => {
  let [entro, sale] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const { planificador, vencer, plazos } = planificadorAMano()
  const registro = new Registry()
  const aforo = crearAforo({ lugares: 1, planificador, registro })
  let leidos = 0
  const { servidor, lineas } = servidorDePrueba({ aforo }, (s) => {
    s.addHook('onSend', async ({ method }) => {
      if (method === 'POST') leidos += 1
    })
    s.post('/espera', async () => {
      entro.resolve()
      await sale.promise
      return {}
    })
  })
  await servidor.listen({ host: '127.0.0.1', port: 0 })
  t.after(() => {
    sale.resolve()
    return servidor.close()
  })
  const { port } = servidor.server.address() as AddressInfo
  const conexion = () => abrirConexion(port)
  const ocupar = async () => {
    ;[entro, sale] = [Promise.withResolvers(), Promise.withResolvers()]
    const suya = await conexion()
    await suya.enviar(post('/espera'))
    await entro.promise
    return suya
  }
  const dentro = await ocupar()
  const medida = async (nombre: string) => new RegExp(`^${nombre} (\\d+)$`, 'm').exec(await registro.metrics())?.[1]
  return { servidor, lineas, conexion, dentro, ocupar, soltar: () => sale.resolve(), vencer, plazos, medida, leidos: () => leidos }
}

type Conexion = Awaited<ReturnType<typeof abrirConexion>>

/** Cuando otra recibió dos respuestas, el servidor ya dio la vuelta a todo lo que tenía por leer. */
const darVueltas = async (otra: Conexion): Promise<void> => {
  for (const _ of [1, 2]) {
    await otra.enviar(LEE)
    assert.match(await otra.respuesta(), /^HTTP\/1\.1 200/)
  }
}

test('pasado el aforo se niega con un 503 que dice cuándo volver; leer no ocupa lugar, y al responder el de dentro lo hay', async (t) => {
  const { conexion, dentro, soltar, lineas, medida } = await abrirLleno(t)
  const otra = await conexion()
  await darVueltas(otra)
  await otra.enviar(post('/eco', 'accept-language: en\r\n'))
  const negada = await otra.respuesta()
  assert.match(negada, /^HTTP\/1\.1 503[\s\S]*retry-after: 1\r\n/i)
  assert.match(negada, /application\/problem\+json[\s\S]*"codigo":"demasiados_a_la_vez"/)
  assert.match(negada, /Too many requests/)
  assert.deepEqual([await medida('http_negadas_total'), await medida('http_escrituras_en_curso')], ['1', '1'])
  assert.ok(!lineas.some(({ codigo }) => codigo === 'demasiados_a_la_vez'))
  soltar()
  assert.match(await dentro.respuesta(), /^HTTP\/1\.1 200/)
  const nueva = await conexion()
  await nueva.enviar(post('/eco'))
  assert.match(await nueva.respuesta(), /^HTTP\/1\.1 200/)
})

test('quien deja su cuerpo a medias no ocupa lugar; si al terminarlo ya no lo hay, se le niega, y se lo hace esperar igual', async (t) => {
  const { conexion, dentro, ocupar, soltar, plazos, medida } = await abrirLleno(t)
  soltar()
  await dentro.respuesta()
  const lento = await conexion()
  await lento.enviar(post('/eco').slice(0, -1))
  await darVueltas(dentro)
  await dentro.enviar(post('/eco'))
  assert.match(await dentro.respuesta(), /^HTTP\/1\.1 200/)
  await ocupar()
  await lento.enviar(post('/eco').slice(-1))
  assert.match(await lento.respuesta(), /^HTTP\/1\.1 503/)
  await lento.enviar(post('/eco'))
  await darVueltas(dentro)
  assert.deepEqual([plazos(), await medida('http_negadas_total')], [[1_000], '1'])
})

test('de quien se negó no se lee nada hasta que pasa lo que se le dijo, y las demás conexiones siguen', async (t) => {
  const { conexion, plazos, vencer, leidos, medida } = await abrirLleno(t)
  const [negada, otra] = [await conexion(), await conexion()]
  await negada.enviar(post('/eco'))
  await negada.respuesta()
  await negada.enviar(post('/eco'))
  await darVueltas(otra)
  assert.deepEqual([leidos(), plazos(), await medida('http_conexiones_en_pausa')], [1, [1_000], '1'])
  vencer()
  assert.match(await negada.respuesta(), /^HTTP\/1\.1 503/)
  assert.equal(leidos(), 2)
})

test('quien aún escribe su cuerpo recibe su respuesta enseguida, y la pausa empieza cuando termina', async (t) => {
  const { conexion, plazos, leidos } = await abrirLleno(t)
  const [negada, otra] = [await conexion(), await conexion()]
  const entero = post('/eco')
  await negada.enviar(entero.slice(0, -1))
  assert.match(await negada.respuesta(), /^HTTP\/1\.1 503/)
  assert.deepEqual(plazos(), [])
  await negada.enviar(entero.slice(-1))
  await darVueltas(otra)
  assert.deepEqual(plazos(), [1_000])
  await negada.enviar(entero)
  await darVueltas(otra)
  assert.equal(leidos(), 1)
})

test('cerrar el servidor no espera a las conexiones en pausa, y no deja plazos', async (t) => {
  const { servidor, conexion, dentro, soltar, plazos } = await abrirLleno(t)
  const negada = await conexion()
  await negada.enviar(post('/eco'))
  await negada.respuesta()
  await darVueltas(await conexion())
  assert.deepEqual(plazos(), [1_000])
  const cerrada = once(negada.enchufe, 'close')
  const cerrado = servidor.close()
  soltar()
  await Promise.all([cerrada, cerrado, dentro.respuesta()])
  assert.deepEqual(plazos(), [])
})

test('quien se fue en pausa se va de verdad al pasar su plazo', async (t) => {
  const { servidor, conexion, plazos, vencer, medida } = await abrirLleno(t)
  const llegada = once(servidor.server, 'connection')
  const negada = await conexion()
  const [suya] = (await llegada) as [Socket]
  await negada.enviar(post('/eco'))
  await negada.respuesta()
  await darVueltas(await conexion())
  assert.deepEqual(plazos(), [1_000])
  const cerrada = once(suya, 'close')
  negada.enchufe.destroy()
  vencer()
  await cerrada
  assert.deepEqual([plazos(), await medida('http_conexiones_en_pausa')], [[], '0'])
})

test('la conexión de un intermediario no se pausa: se le responde cuando terminó de escribir, y se le cierra', async (t) => {
  const { conexion, plazos } = await abrirLleno(t)
  for (const dice of ['via: 1.1 ui\r\n', 'x-forwarded-for: 10.0.0.1\r\n']) {
    const suya = await conexion()
    const cerrada = once(suya.enchufe, 'end')
    const entero = post('/eco', dice)
    await suya.enviar(entero.slice(0, -1))
    await darVueltas(await conexion())
    await suya.enviar(entero.slice(-1))
    assert.match(await suya.respuesta(), /^HTTP\/1\.1 503[\s\S]*connection: close\r\nretry-after: 1\r\n/i)
    await cerrada
    assert.deepEqual(plazos(), [])
  }
})

test('el lugar de quien se va lo deja lo que pidió, cuando termina', async (t) => {
  const { conexion, dentro, soltar, medida } = await abrirLleno(t)
  const otra = await conexion()
  dentro.enchufe.resetAndDestroy()
  await once(dentro.enchufe, 'close')
  await darVueltas(otra)
  assert.equal(await medida('http_escrituras_en_curso'), '1')
  soltar()
  await darVueltas(otra)
  assert.equal(await medida('http_escrituras_en_curso'), '0')
})
