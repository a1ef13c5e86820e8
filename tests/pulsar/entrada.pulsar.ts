import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { abrirBrokerPulsar } from 'seedwork/infraestructura/broker/pulsar/broker.ts'
import { esquemasDePulsar } from 'seedwork/infraestructura/broker/pulsar/esquemas.ts'
import { administrarPrueba, nuevoEspacio, pulsarDePrueba, tenderCable } from 'seedwork/infraestructura/broker/pulsar/servicio_de_prueba.ts'
import { servicioDe } from 'seedwork/infraestructura/broker/servicio.ts'
import { variablesBroker } from 'seedwork/infraestructura/broker/variables.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { registro } from 'seedwork/infraestructura/mensajes/registro.ts'
import { topico } from 'seedwork/infraestructura/mensajes/topico.ts'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { abrirPulsar, type PulsarDePruebas } from '../../herramientas/pulsar/servidor.ts'
import { hayOpenssl, unaAutoridad } from '../apoyo/certificados.ts'
import { ocuparPuerto } from '../procesos/apoyo/enchufes.ts'
import { abrir, carpetaDe, contarEfectos, efectosDe, hacerEfecto, hasta, leerTodo, nombreDe, salio } from './apoyo.ts'

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

test('en un tópico con particiones cada llave sigue en orden, nada se repite aunque se corte, y el atraso se cuenta', async (t) => {
  const { espacio, borrar } = await nuevoEspacio()
  const cable = await tenderCable(pulsarDePrueba())
  t.after(async () => {
    cable.cortar()
    await borrar()
  })
  await administrarPrueba(`persistent/public/${espacio}/t/partitions`, 'PUT', 4)
  const { almacen, broker, cerrar } = await abrir(carpetaDe(t), { servicio: { ...cable, espacio } })
  t.after(cerrar)
  await broker.suscribir({
    ...{ topico: 't', nombre: 'sub', tipo: 'Key_Shared', inicio: 'primero', permisos: 16 },
    manejar: (entrega) => almacen.ejecutar((tx) => hacerEfecto(tx, entrega), 'consumidor'),
  })
  const TOTAL = 600
  for (let tanda = 0; tanda < 6; tanda++) {
    const mensajes = Array.from({ length: TOTAL / 6 }, (_, i) => {
      const id = nombreDe((tanda * TOTAL) / 6 + i)
      return { topico: 't', id, llave: `k${i % 20}`, datos: Buffer.from(id), propiedades: { id } }
    })
    await almacen.ejecutar((tx) => broker.publicar(tx, mensajes))
    if (tanda % 2 === 0) cable.cortarConexiones()
  }
  await hasta('todo salió', () => salio(almacen))
  await hasta('todo se hizo', async () => (await contarEfectos(almacen)) === TOTAL)
  await hasta('nada pendiente', () => broker.atrasos().every(({ pendientes }) => pendientes === 0))
  const { porLlave, repetidos } = await efectosDe(almacen)
  assert.equal(porLlave.size, 20)
  for (const [llave, suyos] of porLlave) assert.deepEqual(suyos, suyos.toSorted(), `la llave ${llave} se desordenó`)
  assert.deepEqual(repetidos, [])
  const guardados = await leerTodo(broker, 't', TOTAL)
  assert.equal(new Set(guardados.map(({ id }) => id)).size, TOTAL, 'uno se guardó dos veces')
  assert.ok(new Set(guardados.map(({ posicion }) => posicion.split('.')[3])).size > 1, 'todo fue a una partición')
})

describe('con TLS, en un inquilino y un espacio propios', () => {
  let [pulsar, ca]: [PulsarDePruebas | undefined, string] = [undefined, '']
  const finales: (() => unknown)[] = []
  before(async () => {
    if (!hayOpenssl()) return
    const autoridad = unaAutoridad({ after: (final) => void finales.push(final as () => unknown) })
    const { cert, clave } = autoridad.firmar('pulsar')
    ca = autoridad.ca
    const [seguro, claro] = await Promise.all([ocuparPuerto(0), ocuparPuerto(0)])
    for (const { soltar } of [seguro, claro]) soltar()
    const ajustes = { webServicePort: String(claro.puerto), webServicePortTls: String(seguro.puerto) }
    pulsar = await abrirPulsar(
      { ...ajustes, tlsCertificateFilePath: cert, tlsKeyFilePath: clave },
      { puertoHttp: seguro.puerto, ca: readFileSync(ca, 'utf8') },
    )
    const administrar = async (ruta: string, cuerpo?: object): Promise<void> => {
      const opciones = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(cuerpo ?? {}) }
      const respuesta = await fetch(`http://127.0.0.1:${claro.puerto}/admin/v2/${ruta}`, opciones)
      assert.ok(respuesta.ok, await respuesta.text())
    }
    await administrar('tenants/viajes', { allowedClusters: ['standalone'] })
    await administrar('namespaces/viajes/vuelos')
  })
  after(async () => {
    await pulsar?.parar()
    for (const final of finales) await final()
  })
  const variables = (mas: Readonly<Record<string, string>> = {}) =>
    servicioDe(
      leerVariables(variablesBroker, {
        ...{ BROKER: 'pulsar', BROKER_HOST: 'localhost', PULSAR_PUERTO_HTTP: String(pulsar?.puertoHttp) },
        ...{ PULSAR_TLS: '1', PULSAR_CA: ca, PULSAR_TENANT: 'viajes', PULSAR_NAMESPACE: 'vuelos', ...mas },
      }),
    )

  test('se publica, se recibe y se lee por wss y https con la autoridad que se dice', async (t) => {
    if (pulsar === undefined) return t.diagnostic('sin openssl no hay certificado con que probarlo')
    const { almacen, broker, cerrar } = await abrir(carpetaDe(t), { servicio: variables() })
    t.after(cerrar)
    const recibidos: string[] = []
    await broker.suscribir({
      ...{ topico: 't', nombre: 'sub', tipo: 'Key_Shared', inicio: 'primero', permisos: 10 },
      manejar: async ({ mensaje }) => void recibidos.push(mensaje.id),
    })
    await almacen.ejecutar((tx) => broker.publicar(tx, [{ topico: 't', id: 'hola', llave: 'k', datos: Buffer.from('x'), propiedades: {} }]))
    await hasta('llega', () => recibidos.length === 1)
    assert.equal((await leerTodo(broker, 't', 1))[0]?.id, 'hola')
  })

  test('sin la autoridad no se habla con él, y se dice por qué; un espacio que su inquilino no tiene impide abrir', async (t) => {
    if (pulsar === undefined) return t.diagnostic('sin openssl no hay certificado con que probarlo')
    const dichos: string[] = []
    const sinCa = await abrirBrokerPulsar({
      entorno: entornoReal,
      servicio: variables({ PULSAR_CA: '' }),
      alFallar: (error) => dichos.push(String(error)),
    })
    await sinCa.cerrar()
    assert.match(dichos.join(), /Pulsar no está disponible en localhost:\d+ \(.*certificate/)
    await assert.rejects(sinAlmacen(variables({ PULSAR_NAMESPACE: 'hoteles' })), {
      codigo: 'pulsar_sin_espacio',
      message: /«viajes\/hoteles»/,
    })
  })
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
