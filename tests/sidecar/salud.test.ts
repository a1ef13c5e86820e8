import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { credentials, type ServiceError, status } from '@grpc/grpc-js'
import { descriptores } from 'sidecar/gen/descriptores.ts'
import { type HealthCheckResponse, HealthClient } from 'sidecar/gen/grpc/health/v1/health.ts'
import {
  ServerReflectionClient,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
} from 'sidecar/gen/grpc/reflection/v1/reflection.ts'
import { apiFingida } from '../apoyo/api_fingida.ts'
import { entornoVeloz } from '../apoyo/entornos.ts'

const abrir = async (t: TestContext) => {
  const fingida = await apiFingida(t)
  // La salud se recuerda un segundo, y a la API se le dan dos para decirla: cuatro veces más cortas bastan, y alcanzan.
  const sidecar = await fingida.sidecar({ entorno: entornoVeloz(4) })
  const salud = new HealthClient(sidecar.direccion, credentials.createInsecure())
  t.after(() => salud.close())
  const preguntar = (service: string) =>
    new Promise<string>((resolver) =>
      salud.check({ service }, (error, respuesta) => resolver(error ? (status[error.code] ?? '') : respuesta.status)),
    )
  return { fingida, sidecar, salud, preguntar }
}

test('la salud es la de la API: sirve si ella está lista, y deja de servir con ella', async (t) => {
  const { fingida, preguntar } = await abrir(t)
  fingida.responder = ({ url }, respuesta) => respuesta.writeHead(url === '/health/ready' ? 200 : 500).end('{"status":"degradado"}')
  for (const servicio of ['', 'vuelos.Vuelos']) assert.equal(await preguntar(servicio), 'SERVING')
  assert.equal(await preguntar('otro.Servicio'), 'NOT_FOUND')
  await fingida.cerrar()
  while ((await preguntar('')) !== 'NOT_SERVING');
})

test('quien vigila la salud se entera de cada cambio, y de que el adaptador se cierra', async (t) => {
  const { fingida, sidecar, salud } = await abrir(t)
  let lista = false
  fingida.responder = (_, respuesta) => respuesta.writeHead(lista ? 200 : 503).end('{}')
  const flujo = salud.watch({ service: 'vuelos.Vuelos' })
  const visto: string[] = []
  const fin = new Promise<ServiceError>((resolver) => flujo.once('error', resolver))
  const siguiente = () =>
    new Promise<void>((listo) => flujo.once('data', ({ status }: HealthCheckResponse) => listo(void visto.push(status))))
  await siguiente()
  lista = true
  await siguiente()
  lista = false
  await siguiente()
  assert.deepEqual(visto, ['NOT_SERVING', 'SERVING', 'NOT_SERVING'])
  const [error] = await Promise.all([fin, sidecar.detener()])
  assert.equal(status[error.code], 'UNAVAILABLE')
})

const preguntarContrato = async (
  t: TestContext,
  pedidos: readonly NonNullable<ServerReflectionRequest['message_request']>[],
  reflexion = true,
) => {
  const fingida = await apiFingida(t)
  const { direccion } = await fingida.sidecar({ opciones: { reflexion } })
  const cliente = new ServerReflectionClient(direccion, credentials.createInsecure())
  t.after(() => cliente.close())
  const flujo = cliente.serverReflectionInfo()
  const respuestas: ServerReflectionResponse['message_response'][] = []
  for (const message_request of pedidos) flujo.write({ host: '', message_request })
  flujo.end()
  for await (const { message_response } of flujo as AsyncIterable<ServerReflectionResponse>) respuestas.push(message_response)
  return respuestas
}

test('con reflexión el servidor dice su contrato: los servicios, y cada símbolo con todo de lo que depende', async (t) => {
  const [servicios, simbolo, archivo, nada] = await preguntarContrato(t, [
    { $case: 'list_services', value: '' },
    { $case: 'file_containing_symbol', value: 'vuelos.Vuelos.CrearReserva' },
    { $case: 'file_by_filename', value: 'grpc/health/v1/health.proto' },
    { $case: 'file_containing_symbol', value: 'vuelos.NoExiste' },
  ])
  assert.deepEqual(servicios, {
    $case: 'list_services_response',
    value: { service: [{ name: 'vuelos.Vuelos' }, { name: 'grpc.health.v1.Health' }] },
  })
  const enBytes = (...nombres: readonly string[]) => ({
    $case: 'file_descriptor_response',
    value: {
      file_descriptor_proto: nombres.map((nombre) =>
        Buffer.from(descriptores.find((uno) => uno.nombre === nombre)?.base64 ?? '', 'base64'),
      ),
    },
  })
  assert.deepEqual(simbolo, enBytes('vuelos.proto', 'google/protobuf/timestamp.proto'))
  assert.deepEqual(archivo, enBytes('grpc/health/v1/health.proto'))
  assert.equal(nada?.$case, 'error_response')
})

test('sin pedirla no hay reflexión', async (t) => {
  await assert.rejects(preguntarContrato(t, [{ $case: 'list_services', value: '' }], false), { code: status.UNIMPLEMENTED })
})
