import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import * as http from 'node:http'
import * as https from 'node:https'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as esperar } from 'node:timers/promises'
import { puertoLibre } from 'seedwork/pruebas/puerto_libre.ts'

export const VERSION = '4.0.8'
const RAIZ = join(import.meta.dirname, '..', '..')
const ARCHIVOS = import.meta.dirname
const INSTALADO = join(RAIZ, 'node_modules', '.cache', 'pulsar', VERSION)
const PLAZO_DE_INICIO_MS = 120_000
const PLAZO_DE_FIN_MS = 20_000
const MEMORIA = ['-Xms192m', '-Xmx448m', '-XX:MaxDirectMemorySize=448m', '-XX:+UseSerialGC']
const ABIERTOS = [
  'java.base/java.io',
  'java.base/java.nio',
  'java.base/java.util.zip',
  'java.base/jdk.internal.misc',
  'java.base/jdk.internal.platform',
  'java.management/sun.management',
  'jdk.management/com.sun.management.internal',
]

/** Lo que falta en esta máquina para tener un Pulsar; `undefined` si no falta nada. */
export const loQueFalta = (): string | undefined => {
  const sin = ['java', 'mvn'].filter((orden) => spawnSync(orden, ['-version'], { stdio: 'ignore' }).status !== 0)
  return sin.length === 0 ? undefined : `no se encuentra ${sin.join(' ni ')} (hace falta Java 17 o posterior, y Maven)`
}

/** Trae Pulsar con Maven la primera vez (unos 250 MB) y lo guarda en `node_modules/.cache`. Da la carpeta de sus .jar. */
const instalar = (): string => {
  const jars = () => globSync('*/lib/*pulsar-broker-4*.jar', { cwd: INSTALADO }).map((ruta) => join(INSTALADO, dirname(ruta)))
  const [ya] = jars()
  if (ya !== undefined) return ya
  console.error(`Trayendo Pulsar ${VERSION} con Maven, sólo esta vez…`)
  const enCurso = `${INSTALADO}.nuevo`
  rmSync(enCurso, { recursive: true, force: true })
  mkdirSync(dirname(INSTALADO), { recursive: true })
  const propiedades = [`-Dversion.pulsar=${VERSION}`, `-Ddestino=${enCurso}`]
  const { status } = spawnSync('mvn', ['-B', '-q', '-ntp', '-f', join(ARCHIVOS, 'pom.xml'), ...propiedades, 'generate-resources'], {
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('Maven no pudo traer Pulsar: mira su error, arriba.')
  rmSync(`${enCurso}.maven`, { recursive: true, force: true })
  rmSync(INSTALADO, { recursive: true, force: true })
  renameSync(enCurso, INSTALADO)
  const [traida] = jars()
  if (traida === undefined) throw new Error(`Lo que trajo Maven no tiene Pulsar: ${INSTALADO}`)
  return traida
}

export type PulsarDePruebas = Readonly<{
  puertoHttp: number
  puertoBinario: number
  /** Muere sin despedirse; lo que había confirmado sigue en su disco. */
  matar: () => Promise<void>
  /** Otra vez, sobre los mismos datos y en los mismos puertos. */
  revivir: () => Promise<void>
  /** Termina y borra sus datos. */
  parar: () => Promise<void>
}>

type Ajustes = Readonly<Record<string, string>>

type Acceso = Readonly<{
  /** Con lo que se mira si está sano, cuando lo pide. */
  token?: string
  /** El de su administración y sus WebSocket; si no se dice, uno libre. */
  puertoHttp?: number
  /** El PEM de quien firmó su certificado: entonces se le habla por `https`. */
  ca?: string
}>

/** Un Pulsar de verdad, con datos propios y en puertos libres. `ajustes` se añaden a su configuración, y también pueden decir @BINARIO@. */
export const abrirPulsar = async (ajustes: Ajustes = {}, { token, puertoHttp, ca }: Acceso = {}): Promise<PulsarDePruebas> => {
  const jars = instalar()
  const datos = mkdtempSync(join(tmpdir(), 'pulsar-datos-'))
  const [binario, puerto, bookie] = [await puertoLibre(), puertoHttp ?? (await puertoLibre()), await puertoLibre()]
  const extra = Object.entries(ajustes).map(([nombre, valor]) => `${nombre}=${valor}\n`)
  const conf = `${readFileSync(join(ARCHIVOS, 'standalone.conf'), 'utf8')}${extra.join('')}`
  writeFileSync(join(datos, 'standalone.conf'), conf.replaceAll('@BINARIO@', String(binario)).replaceAll('@HTTP@', String(puerto)))
  // Con varias escuchas cada una anuncia su dirección, y no puede haber además una para todas.
  const anuncio = 'advertisedListeners' in ajustes ? [] : ['-a', '127.0.0.1']
  const headers: http.OutgoingHttpHeaders = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const mirar = { port: puerto, headers, ...(ca !== undefined && { ca }) }
  const iniciar = () => arrancar({ anuncio, jars, datos, bookie, mirar })
  let proceso = await iniciar()
  const terminar = async (senal: NodeJS.Signals): Promise<void> => {
    if (proceso.exitCode !== null || proceso.signalCode !== null) return
    const fin = once(proceso, 'exit')
    proceso.kill(senal)
    const forzar = setTimeout(() => proceso.kill('SIGKILL'), PLAZO_DE_FIN_MS)
    await fin
    clearTimeout(forzar)
  }
  return {
    puertoHttp: puerto,
    puertoBinario: binario,
    matar: () => terminar('SIGKILL'),
    revivir: async () => {
      proceso = await iniciar()
    },
    parar: async () => {
      await terminar('SIGTERM')
      rmSync(datos, { recursive: true, force: true })
    },
  }
}

type DeMirar = Readonly<{ port: number; headers: http.OutgoingHttpHeaders; ca?: string }>
type DeArranque = Readonly<{ jars: string; datos: string; bookie: number; mirar: DeMirar; anuncio: readonly string[] }>

const arrancar = async ({ jars, datos, bookie, mirar, anuncio }: DeArranque): Promise<ChildProcess> => {
  const bitacora = openSync(join(datos, 'pulsar.log'), 'a')
  const proceso = spawn(
    'java',
    [
      ...MEMORIA,
      ...ABIERTOS.flatMap((modulo) => ['--add-opens', `${modulo}=ALL-UNNAMED`]),
      '-Djava.net.preferIPv4Stack=true',
      '-Dio.netty.tryReflectionSetAccessible=true',
      '-Dlog4j2.is.webapp=false',
      `-Dlog4j.configurationFile=${join(ARCHIVOS, 'log4j2.xml')}`,
      '-Dlog4j.shutdownHookEnabled=false',
      '-cp',
      [join(jars, '*')].join(delimiter),
      'org.apache.pulsar.PulsarStandaloneStarter',
      ...['-c', join(datos, 'standalone.conf'), ...anuncio, '-nfw', '-nss'],
      ...['--metadata-dir', join(datos, 'metadatos'), '--bookkeeper-dir', join(datos, 'bookie'), '--bookkeeper-port', String(bookie)],
    ],
    { cwd: datos, stdio: ['ignore', bitacora, bitacora] },
  )
  // Quien lo abrió puede terminar sin pararlo.
  const alSalir = (): void => void proceso.kill('SIGKILL')
  process.once('exit', alSalir)
  proceso.once('exit', () => process.off('exit', alSalir))
  const limite = performance.now() + PLAZO_DE_INICIO_MS
  while (!(await estaSano(mirar))) {
    const muerto = proceso.exitCode !== null || proceso.signalCode !== null
    if (muerto || performance.now() > limite) {
      proceso.kill('SIGKILL')
      const cola = readFileSync(join(datos, 'pulsar.log'), 'utf8').split('\n').slice(-30).join('\n')
      throw new Error(`Pulsar ${muerto ? 'murió al arrancar' : 'no estuvo listo a tiempo'}:\n${cola}`)
    }
    await esperar(250)
  }
  return proceso
}

/** Su salud llega antes que su primer espacio de nombres: hacen falta las dos cosas. */
const estaSano = async (mirar: DeMirar): Promise<boolean> => {
  try {
    const [salud, espacio] = await Promise.all([preguntar(mirar, 'brokers/health'), preguntar(mirar, 'namespaces/public/default')])
    return salud.texto === 'ok' && espacio.estado === 200
  } catch {
    return false
  }
}

const preguntar = async (mirar: DeMirar, ruta: string): Promise<Readonly<{ estado: number | undefined; texto: string }>> => {
  const pedido = (mirar.ca === undefined ? http : https).get({ ...mirar, host: '127.0.0.1', path: `/admin/v2/${ruta}`, agent: false })
  const [respuesta] = (await once(pedido, 'response')) as [http.IncomingMessage]
  return { estado: respuesta.statusCode, texto: await text(respuesta) }
}
