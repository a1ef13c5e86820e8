import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { abrirBrokerPulsar } from 'seedwork/infraestructura/broker/pulsar/broker.ts'
import { esquemasDePulsar } from 'seedwork/infraestructura/broker/pulsar/esquemas.ts'
import { administrarPrueba, nuevoEspacio, pulsarDePrueba } from 'seedwork/infraestructura/broker/pulsar/servicio_de_prueba.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { registro } from 'seedwork/infraestructura/mensajes/registro.ts'
import { topico } from 'seedwork/infraestructura/mensajes/topico.ts'
import { abrirPulsar, type PulsarDePruebas } from '../../herramientas/pulsar/servidor.ts'
import { abrir, carpetaDe, hasta, salio } from './apoyo.ts'

const sinAlmacen = (servicio: Parameters<typeof abrirBrokerPulsar>[0]['servicio']) =>
  abrirBrokerPulsar({ entorno: entornoReal, servicio, alFallar: () => {} })

test('un espacio de nombres que no existe impide abrir, y se dice cuál y cómo se crea', async () => {
  await assert.rejects(sinAlmacen({ ...pulsarDePrueba(), inquilino: 'public', espacio: 'no-existe' }), {
    codigo: 'pulsar_sin_espacio',
    message: /«public\/no-existe».*namespaces create public\/no-existe/,
  })
})

test('un Pulsar demasiado antiguo impide abrir, y se dice cuál es y cuál hace falta', async (t) => {
  const antiguo = createServer((_, respuesta) => respuesta.end('2.9.1')).listen(0, '127.0.0.1')
  await new Promise((resolver) => antiguo.once('listening', resolver))
  t.after(() => antiguo.close())
  const direccion = antiguo.address()
  assert.ok(direccion !== null && typeof direccion === 'object')
  await assert.rejects(sinAlmacen({ host: '127.0.0.1', puertoHttp: direccion.port }), {
    codigo: 'pulsar_antiguo',
    message: 'Pulsar es la versión 2.9.1 y hace falta la 3.0.0 o posterior.',
  })
})

const conCampo = (campos: Record<string, 'string' | 'long'>, anexados: Record<string, 'string'> = {}) =>
  topico({
    nombre: 'creciente',
    record: 'Creciente',
    version: 1,
    fuente: 'prueba',
    data: registro('CrecientePayload', campos, anexados),
    tipos: { Algo: null },
    llave: () => null,
  })

test('un esquema incompatible impide abrir, y se dice en qué campo y por qué regla; uno que crece por el final, no', async (t) => {
  const { espacio, borrar } = await nuevoEspacio()
  t.after(borrar)
  const servicio = { ...pulsarDePrueba(), espacio }
  const v1 = conCampo({ id: 'string' })
  const v2 = conCampo({ id: 'string' }, { motivo: 'string' })
  await (await abrir(carpetaDe(t), { servicio, esquemas: [v1] })).cerrar()
  await (await abrir(carpetaDe(t), { servicio, esquemas: [v2] })).cerrar()
  await assert.rejects(abrir(carpetaDe(t), { servicio, esquemas: [conCampo({ id: 'long' })] }), {
    codigo: 'esquema_incompatible',
    message: /«creciente».*«data\.id».*\(tipo_cambiado\)/,
  })
  const conocidos = await esquemasDePulsar({ servicio, topicos: ['creciente'] })
  assert.deepEqual(conocidos.porDataschema(v1.dataschema)?.esquema, v1.esquema, 'un proceso sin el almacén conoce los esquemas')
  assert.deepEqual(conocidos.porDataschema(v2.dataschema)?.esquema, v2.esquema)
})

test('B44 mil mensajes salen por un solo productor de vida larga, uno por tópico, y no por una conexión cada uno', async (t) => {
  const { espacio, borrar } = await nuevoEspacio()
  t.after(borrar)
  const { almacen, broker, cerrar } = await abrir(carpetaDe(t), { servicio: { ...pulsarDePrueba(), espacio } })
  t.after(cerrar)
  const productores = new Set<string>()
  for (let tanda = 0; tanda < 20; tanda++) {
    const mensajes = Array.from({ length: 50 }, (_, i) => ({
      topico: 't',
      id: `${tanda}-${i}`,
      llave: 'k',
      datos: Buffer.from('x'),
      propiedades: {},
    }))
    await almacen.ejecutar((tx) => broker.publicar(tx, mensajes))
    await hasta('salen', () => salio(almacen))
    const { publishers } = (await administrarPrueba(`persistent/public/${espacio}/t/stats`)) as {
      publishers: { producerName: string; connectedSince: string }[]
    }
    for (const { producerName, connectedSince } of publishers) productores.add(`${producerName} ${connectedSince}`)
  }
  assert.equal(productores.size, 1)
})

test('Pulsar no está al abrir: se publica igual, lo que espera se ve, y sale cuando llega', async (t) => {
  const { espacio, borrar } = await nuevoEspacio()
  t.after(borrar)
  const { host, puertoHttp } = pulsarDePrueba()
  const ausente = createServer().listen(0, '127.0.0.1')
  await new Promise((resolver) => ausente.once('listening', resolver))
  const direccion = ausente.address()
  assert.ok(direccion !== null && typeof direccion === 'object')
  await new Promise((resolver) => ausente.close(resolver))
  const carpeta = carpetaDe(t)
  const sinNadie = await abrir(carpeta, { servicio: { host: '127.0.0.1', puertoHttp: direccion.port, espacio } })
  const recibidos: string[] = []
  const suscribir = ({ broker }: typeof sinNadie) =>
    broker.suscribir({
      topico: 't',
      nombre: 'sub',
      tipo: 'Key_Shared',
      inicio: 'primero',
      permisos: 10,
      manejar: async ({ mensaje }) => void recibidos.push(mensaje.id),
    })
  await suscribir(sinNadie)
  await sinNadie.almacen.ejecutar((tx) =>
    sinNadie.broker.publicar(tx, [{ topico: 't', id: 'espera', llave: 'k', datos: Buffer.from('x'), propiedades: {} }]),
  )
  assert.equal(sinNadie.broker.atrasos()[0]?.pendientes, 1)
  await hasta('se ve que tarda en salir', () =>
    sinNadie.broker.atrasos().some(({ suscripcion, edadMs }) => suscripcion === 'relevo' && edadMs > 5_000),
  )
  await sinNadie.cerrar()
  const conPulsar = await abrir(carpeta, { servicio: { host, puertoHttp, espacio } })
  t.after(conPulsar.cerrar)
  await suscribir(conPulsar)
  await hasta('llega', () => recibidos.length === 1)
  await hasta('nada espera', () => conPulsar.broker.atrasos().every(({ pendientes }) => pendientes === 0))
})

describe('con credenciales', () => {
  const clave = Buffer.alloc(32, 7)
  let pulsar: PulsarDePruebas
  before(async () => {
    pulsar = await abrirPulsar(
      {
        authenticationEnabled: 'true',
        authorizationEnabled: 'true',
        authenticationProviders: 'org.apache.pulsar.broker.authentication.AuthenticationProviderToken',
        tokenSecretKey: `data:;base64,${clave.toString('base64')}`,
        superUserRoles: 'operador,interno',
        brokerClientAuthenticationPlugin: 'org.apache.pulsar.client.impl.auth.AuthenticationToken',
        brokerClientAuthenticationParameters: `token:${tokenDe('interno', clave)}`,
      },
      { token: tokenDe('interno', clave) },
    )
  })
  after(() => pulsar.parar())

  test('sin token, o con uno que no vale, no se abre y se dice; con uno bueno se publica y se recibe', async (t) => {
    const servicio = { host: '127.0.0.1', puertoHttp: pulsar.puertoHttp }
    await assert.rejects(sinAlmacen(servicio), { codigo: 'pulsar_no_autorizado', message: /no se le dio ningún token/ })
    const otro = tokenDe('operador', Buffer.alloc(32, 8))
    await assert.rejects(sinAlmacen({ ...servicio, token: otro }), { codigo: 'pulsar_no_autorizado', message: /no acepta el token/ })
    const { almacen, broker, cerrar } = await abrir(carpetaDe(t), { servicio: { ...servicio, token: tokenDe('operador', clave) } })
    t.after(cerrar)
    const recibidos: string[] = []
    await broker.suscribir({
      topico: 't',
      nombre: 'sub',
      tipo: 'Key_Shared',
      inicio: 'primero',
      permisos: 10,
      manejar: async ({ mensaje }) => void recibidos.push(mensaje.id),
    })
    await almacen.ejecutar((tx) => broker.publicar(tx, [{ topico: 't', id: 'hola', llave: 'k', datos: Buffer.from('x'), propiedades: {} }]))
    await hasta('llega', () => recibidos.length === 1)
  })
})

/** Un JWT firmado con HS256, como los que emite `pulsar tokens create`. */
const tokenDe = (sub: string, clave: Buffer): string => {
  const parte = (dato: object): string => Buffer.from(JSON.stringify(dato)).toString('base64url')
  const firmado = `${parte({ alg: 'HS256' })}.${parte({ sub })}`
  return `${firmado}.${createHmac('sha256', clave).update(firmado).digest('base64url')}`
}
