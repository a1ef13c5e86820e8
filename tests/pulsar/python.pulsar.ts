import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { EventosReserva } from 'aeroalpes-api/modulos/vuelos/infraestructura/schema/v1/eventos.ts'
import { topicoDeApartados } from 'seedwork/infraestructura/broker/puerto.ts'
import { nuevoEspacio, pulsarDePrueba } from 'seedwork/infraestructura/broker/pulsar/servicio_de_prueba.ts'
import { puertoLibre } from 'seedwork/pruebas/puerto_libre.ts'
import { abrirPulsar } from '../../herramientas/pulsar/servidor.ts'
import { entornoDe, leerCompose } from '../despliegue/apoyo.ts'
import { abrir, carpetaDe, hasta } from './apoyo.ts'

const RAIZ = join(import.meta.dirname, '..', '..')
const ENTORNO = join(RAIZ, 'node_modules', '.cache', 'pulsar-python')
const PYTHON = join(ENTORNO, 'bin', 'python')
const CLIENTE = 'pulsar-client[avro]==3.13.0'
const TUTORIAL = join(import.meta.dirname, 'tutorial.py')

/** Un entorno de Python con el cliente de Pulsar, que se instala la primera vez. Lo que falta, si no se puede. */
const prepararPython = (): string | undefined => {
  if (existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import pulsar, fastavro']).status === 0) return undefined
  rmSync(ENTORNO, { recursive: true, force: true })
  if (spawnSync('python3', ['-m', 'venv', ENTORNO]).status !== 0) return 'no hay python3 con venv'
  const { status, stderr } = spawnSync(PYTHON, ['-m', 'pip', 'install', '--quiet', CLIENTE], { encoding: 'utf8' })
  return status === 0 ? undefined : `pip no pudo instalar ${CLIENTE}: ${stderr.slice(-300)}`
}

const falta = prepararPython()
if (falta !== undefined && process.env.CI) throw new Error(`Sin los programas del tutorial: ${falta}`)
/** Sin Python no hay nada que probar, y se dice qué falta. */
const prueba = (nombre: string, cuerpo: (t: TestContext) => Promise<void>): void =>
  void test(nombre, (t) => (falta === undefined ? cuerpo(t) : t.diagnostic(`no se corre: ${falta}`)))

/** Un espacio de nombres, y los programas del tutorial en él. */
const escenario = async (t: TestContext) => {
  const { espacio, borrar } = await nuevoEspacio()
  t.after(borrar)
  const correr = (accion: string, topico: string, ...resto: string[]) => {
    const direccion = `pulsar://127.0.0.1:${process.env.PULSAR_DE_PRUEBA_BINARIO}`
    const hijo = spawn(PYTHON, [TUTORIAL, accion, direccion, `persistent://public/${espacio}/${topico}`, ...resto], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    t.after(() => hijo.kill('SIGKILL'))
    return hijo
  }
  return {
    abrirNuestro: async () => {
      const { puertoHttp } = pulsarDePrueba()
      const nuestro = await abrir(carpetaDe(t), { servicio: { host: '127.0.0.1', puertoHttp, espacio }, esquemas: [EventosReserva] })
      t.after(nuestro.cerrar)
      return nuestro
    },
    escribirComoElTutorial: async (...ids: string[]): Promise<void> => {
      assert.deepEqual(await once(correr('escribir', EventosReserva.nombre, ...ids), 'exit'), [0, null])
    },
    /** Se suscribe; `leidos` se llena a medida que llegan. */
    leerComoElTutorial: async (cuantos: number, topico: string = EventosReserva.nombre) => {
      const hijo = correr('leer', topico, String(cuantos))
      const fin = once(hijo, 'exit')
      const leidos: Record<string, unknown>[] = []
      const listo = Promise.withResolvers<void>()
      fin.then(([codigo]) => listo.reject(new Error(`terminó con ${codigo}`)))
      createInterface({ input: hijo.stdout }).on('line', (linea) => (linea === 'listo' ? listo.resolve() : leidos.push(JSON.parse(linea))))
      await listo.promise
      return { leidos, fin }
    },
  }
}

const unEvento = (id_reserva: string) =>
  EventosReserva.escribir({
    tipo: 'ReservaCreada',
    data: { id_reserva, id_cliente: 'None', estado: 'PENDIENTE', fecha_creacion: 1_669_122_600_000 },
    atributos: {
      id: `evento-${id_reserva}`,
      instante: 1_669_122_600_001,
      sujeto: id_reserva,
      correlacion: 'c',
      causa: 'c',
      actor: '',
      propietario: '',
    },
  })

const comoLoVe = (id_reserva: string) => ({ id_reserva, id_cliente: 'None', estado: 'PENDIENTE', fecha_creacion: 1_669_122_600_000 })

type Nuestro = Awaited<ReturnType<Awaited<ReturnType<typeof escenario>>['abrirNuestro']>>

/** Lo que nuestro consumidor entiende de lo que llega al tópico. */
const seguir = async ({ broker, almacen }: Nuestro, nombre: string): Promise<string[]> => {
  const leidos: string[] = []
  await broker.suscribir({
    topico: EventosReserva.nombre,
    nombre,
    tipo: 'Key_Shared',
    inicio: 'primero',
    permisos: 10,
    manejar: async (entrega) => {
      const { data, tipo } = EventosReserva.leer(entrega.mensaje, { porDataschema: () => undefined })
      if (data.id_reserva === 'mala') return entrega.apartar({ codigo: 'de_prueba', mensaje: 'Se pidió.' })
      await almacen.ejecutar((tx) => entrega.acusar(tx))
      leidos.push(`${tipo} ${data.id_reserva} ${data.estado}`)
    },
  })
  return leidos
}

const publicar = ({ almacen, broker }: Nuestro, ...ids: string[]) => almacen.ejecutar((tx) => broker.publicar(tx, ids.map(unEvento)))

prueba(
  'B42 nuestro esquema se registra primero: el lector y el escritor del tutorial siguen funcionando, en los dos sentidos',
  async (t) => {
    const { abrirNuestro, leerComoElTutorial, escribirComoElTutorial } = await escenario(t)
    const nuestro = await abrirNuestro()
    const leidos = await seguir(nuestro, 'sub')
    const tutorial = await leerComoElTutorial(3)
    await publicar(nuestro, 'r1', 'r2')
    await escribirComoElTutorial('t1')
    await hasta('el tutorial lee los tres', () => tutorial.leidos.length === 3)
    assert.deepEqual(tutorial.leidos.toSorted(porReserva), [comoLoVe('r1'), comoLoVe('r2'), comoLoVe('t1')])
    assert.deepEqual(await tutorial.fin, [0, null])
    await hasta('nosotros también', () => leidos.length === 3)
    assert.deepEqual(leidos.toSorted(), ['ReservaCreada r1 PENDIENTE', 'ReservaCreada r2 PENDIENTE', 'ReservaCreada t1 PENDIENTE'])
  },
)

prueba('B42 el del tutorial se registra primero, con mensajes ya escritos: el nuestro cabe, y se leen en los dos sentidos', async (t) => {
  const { abrirNuestro, leerComoElTutorial, escribirComoElTutorial } = await escenario(t)
  await escribirComoElTutorial('t1', 't2')
  const nuestro = await abrirNuestro()
  const leidos = await seguir(nuestro, 'sub')
  const tutorial = await leerComoElTutorial(4)
  await publicar(nuestro, 'r1')
  await escribirComoElTutorial('t3')
  await hasta('el tutorial lee los cuatro', () => tutorial.leidos.length === 4)
  assert.deepEqual(tutorial.leidos.toSorted(porReserva), ['r1', 't1', 't2', 't3'].map(comoLoVe))
  await hasta('nosotros también', () => leidos.length === 4)
  assert.deepEqual(
    leidos.toSorted(),
    ['r1', 't1', 't2', 't3'].map((id) => `ReservaCreada ${id} PENDIENTE`),
  )
})

prueba('un programa del tutorial lee también lo apartado: su tópico nace con el esquema y con quien lo espere', async (t) => {
  const { abrirNuestro, leerComoElTutorial } = await escenario(t)
  const nuestro = await abrirNuestro()
  await seguir(nuestro, 'sub')
  await publicar(nuestro, 'mala')
  await hasta('está apartada', async () => (await nuestro.broker.apartados.ver({})).length === 1)
  const tutorial = await leerComoElTutorial(1, topicoDeApartados(EventosReserva.nombre, 'sub'))
  await hasta('la lee', () => tutorial.leidos.length === 1)
  assert.deepEqual(tutorial.leidos, [comoLoVe('mala')])
})

const porReserva = (a: Record<string, unknown>, b: Record<string, unknown>): number =>
  String(a.id_reserva).localeCompare(String(b.id_reserva))

/** Lo que el cliente cuenta mientras envía un mensaje: entre otras cosas, qué dirección le respondieron. */
const ENVIAR = `
import pulsar, sys
cliente = pulsar.Client(sys.argv[1], logger=pulsar.ConsoleLogger(pulsar.LoggerLevel.Info), operation_timeout_seconds=10)
cliente.create_producer('persistent://public/default/escuchas').send(b'hola')
cliente.close()
`

prueba(
  'B48 con las escuchas de docker-compose.yml, el cliente del tutorial que entra por cada una recibe la dirección a la que llega',
  async (t) => {
    const { broker } = leerCompose()
    const env = entornoDe(broker ?? assert.fail('compose no tiene broker'))
    const externo = await puertoLibre()
    // Los mismos ajustes, con los nombres y puertos de aquí: el de dentro se llama `localhost` y el de fuera, 127.0.0.1.
    const aqui = (texto = ''): string =>
      texto.replace('broker:6650', 'localhost:@BINARIO@').replace(/127\.0\.0\.1:6650|0\.0\.0\.0:6651/, `127.0.0.1:${externo}`)
    const pulsar = await abrirPulsar({
      advertisedAddress: '',
      advertisedListeners: aqui(env.PULSAR_PREFIX_advertisedListeners),
      bindAddresses: aqui(env.PULSAR_PREFIX_bindAddresses),
      internalListenerName: env.PULSAR_PREFIX_internalListenerName ?? '',
    })
    t.after(pulsar.parar)
    for (const [puerto, respondida] of [
      [pulsar.puertoBinario, `pulsar://localhost:${pulsar.puertoBinario}`],
      [externo, `pulsar://127.0.0.1:${externo}`],
    ] as const) {
      const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', ENVIAR, `pulsar://127.0.0.1:${puerto}`], { encoding: 'utf8' })
      assert.equal(status, 0, stderr)
      assert.ok(`${stdout}${stderr}`.includes(`lookup-broker-url ${respondida},`), `${stdout}${stderr}`)
    }
  },
)
