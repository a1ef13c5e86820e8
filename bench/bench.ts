// npm run bench [-- --corto] [--perfil] [--guardar]: qué parte de lo que esta máquina da ahora mismo alcanza el sistema. La corrida corta falla
// si una razón cayó. Cómo leerlo: docs/rendimiento.md.
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Variante } from './composicion.ts'
import type { OrdenesDelGenerador } from './generador_hijo.ts'
import { abrirHijo, COMO_NPM_START, type Hijo } from './hijo.ts'
import { resumirRondas, tabla } from './informe.ts'
import { type Abierto, type Medida, medidasDeEmpuje, medidasDeEscritura, medidasDeLectura, type Ronda, razonesDe } from './medidas.ts'
import type { Credencial } from './peticiones.ts'
import { guardarRazones, razonesCaidas } from './razones.ts'
import type { OrdenesDelServidor } from './servidor_hijo.ts'
import { sembrar } from './siembra.ts'
import type { OrdenesDelTecho } from './techo_hijo.ts'

/** `muchas`: cuántas reservas tiene la lista larga. */
type Duracion = Readonly<{ rondas: number; ms: number; calentarMs: number; plazoMs: number; muchas: number }>

const COMPLETA: Duracion = { rondas: 7, ms: 1_500, calentarMs: 4_000, plazoMs: 900_000, muchas: 1_000_000 }
const CORTA: Duracion = { rondas: 5, ms: 350, calentarMs: 600, plazoMs: 240_000, muchas: 100_000 }
const CREDENCIAL_MS = 60 * 60_000

const DATOS = join(import.meta.dirname, '..', 'datos')

type Banco = Readonly<{
  carpeta: string
  credencial: Credencial
  generador: Hijo<OrdenesDelGenerador>
  duracion: Duracion
  /** Deja en `datos/perfiles` en qué gastó su tiempo cada servidor. */
  perfil: boolean
}>

/** Junto a los datos de verdad: donde la carpeta temporal del sistema es memoria, confirmar no costaría nada. Se borra al salir. */
const crearCarpeta = (): string => {
  mkdirSync(DATOS, { recursive: true })
  const carpeta = mkdtempSync(join(DATOS, 'banco-'))
  process.on('exit', () => rmSync(carpeta, { recursive: true, force: true, maxRetries: 3 }))
  for (const senal of ['SIGINT', 'SIGTERM'] as const) process.on(senal, () => process.exit(130))
  return carpeta
}

/** Un servidor en su proceso, con la memoria de `npm start`; con `--perfil`, anota en qué gasta su tiempo. */
const abrirProceso = ({ perfil }: Banco, nombre: string): Hijo<OrdenesDelServidor> => {
  const perfilar = ['--cpu-prof', `--cpu-prof-dir=${join(DATOS, 'perfiles')}`, `--cpu-prof-name=${nombre}.cpuprofile`]
  return abrirHijo<OrdenesDelServidor>('servidor_hijo.ts', [...COMO_NPM_START, ...(perfil ? perfilar : [])])
}

const abrirServidor = async (banco: Banco, variante: Variante, datos: string = variante): Promise<Abierto> => {
  const { carpeta, credencial } = banco
  const hijo = abrirProceso(banco, datos)
  return { hijo, ...(await hijo.pedir('abrir', { variante, carpeta: join(carpeta, datos), clave: credencial.clave })) }
}

/** Una ronda mide todo, y la siguiente lo mide al revés: lo que la máquina cambie entre tanto se reparte. La primera sólo calienta. */
const correrRondas = async (titulo: string, medidas: readonly Medida[], { rondas, ms, calentarMs }: Duracion): Promise<Ronda[]> => {
  const correr = async (enOrden: readonly Medida[], cuanto: number): Promise<Ronda> => {
    const vistas: Ronda[] = []
    for (const medir of enOrden) vistas.push(await medir(cuanto))
    return Object.assign({}, ...vistas)
  }
  await correr(medidas, calentarMs)
  const hechas: Ronda[] = []
  for (let i = 1; i <= rondas; i++) {
    console.error(`${titulo}: ronda ${i} de ${rondas}`)
    hechas.push(await correr(i % 2 === 1 ? medidas : medidas.toReversed(), ms))
  }
  return hechas
}

const medirEscritura = async (banco: Banco, sinAlmacen: Abierto): Promise<Ronda[]> => {
  const techo = abrirHijo<OrdenesDelTecho>('techo_hijo.ts')
  await techo.pedir('abrir', { carpeta: join(banco.carpeta, 'techo') })
  const sinConsumidores = await abrirServidor(banco, 'sin_consumidores')
  const sinObservar = await abrirServidor(banco, 'sin_observar')
  const completo = await abrirServidor(banco, 'completo')
  const medidas = medidasDeEscritura({ ...banco, techo, sinAlmacen, sinConsumidores, sinObservar, completo })
  const rondas = await correrRondas('escribir', medidas, banco.duracion)
  await Promise.all([techo, sinConsumidores.hijo, sinObservar.hijo, completo.hijo].map(({ cerrar }) => cerrar()))
  return rondas.map((ronda) => ({ ...ronda, rss_reposo_mb: completo.rss }))
}

const medirEmpuje = async (banco: Banco): Promise<Ronda[]> => {
  const { carpeta, credencial, generador } = banco
  const hijo = abrirProceso(banco, 'con_interfaz')
  const abierto = await hijo.pedir('abrirConInterfaz', { carpeta: join(carpeta, 'con_interfaz'), clave: credencial.clave })
  await generador.pedir('escuchar', { puerto: abierto.interfaz })
  const rondas = await correrRondas('empujar', medidasDeEmpuje({ ...banco, conInterfaz: { hijo, puerto: abierto.puerto } }), banco.duracion)
  await hijo.cerrar()
  return rondas
}

const medirLectura = async (banco: Banco, sinAlmacen: Abierto): Promise<Ronda[]> => {
  const llenar = async (datos: string, cuantas: number) => {
    const sembrado = await sembrar(join(banco.carpeta, datos), cuantas)
    return { sembrado, servidor: await abrirServidor(banco, 'completo', datos) }
  }
  const [mil, muchas] = [await llenar('mil', 1_000), await llenar('muchas', banco.duracion.muchas)]
  const rondas = await correrRondas('leer', medidasDeLectura({ ...banco, sinAlmacen, mil, muchas }), banco.duracion)
  await Promise.all([mil, muchas].map(({ servidor }) => servidor.hijo.cerrar()))
  return rondas
}

const medir = async (duracion: Duracion, perfil: boolean): Promise<Ronda[]> => {
  const credencial = { clave: randomBytes(32).toString('base64url'), vence: Date.now() + CREDENCIAL_MS }
  const generador = abrirHijo<OrdenesDelGenerador>('generador_hijo.ts')
  const banco = { carpeta: crearCarpeta(), credencial, generador, duracion, perfil }
  const sinAlmacen = await abrirServidor(banco, 'sin_almacen')
  const escritas = await medirEscritura(banco, sinAlmacen)
  const leidas = await medirLectura(banco, sinAlmacen)
  await sinAlmacen.hijo.cerrar()
  const empujadas = await medirEmpuje(banco)
  await generador.cerrar()
  return escritas.map((ronda, i) => ({ ...ronda, ...leidas[i], ...empujadas[i] })).map((ronda) => ({ ...ronda, ...razonesDe(ronda) }))
}

const { values } = parseArgs({
  options: {
    corto: { type: 'boolean', default: false },
    perfil: { type: 'boolean', default: false },
    /** Guarda las razones de una corrida corta como las que las siguientes no deben perder. */
    guardar: { type: 'boolean', default: false },
  },
})
const duracion = values.corto ? CORTA : COMPLETA
setTimeout(() => {
  console.error(`El banco no terminó en ${duracion.plazoMs / 1_000} s.`)
  process.exit(1)
}, duracion.plazoMs).unref()

const resumenes = resumirRondas(await medir(duracion, values.perfil))
const maquina = { node: process.version, plataforma: `${process.platform}-${process.arch}`, nucleos: availableParallelism() }
console.log(
  `Mediana de ${duracion.rondas} rondas (menor – mayor) · Node ${maquina.node}, ${maquina.plataforma}, ${maquina.nucleos} núcleos\n`,
)
console.log(`${tabla(resumenes)}\n`)
console.log(JSON.stringify({ ...maquina, rondas: duracion.rondas, medidas: resumenes }))
if (values.guardar) guardarRazones(resumenes)
const caidas = values.corto && !values.guardar ? razonesCaidas(resumenes) : []
for (const caida of caidas) console.log(`✖ ${caida}`)
// Un hijo que falla rechaza y deja a los demás abiertos; con `exit` se sueltan todos.
process.exit(caidas.length === 0 ? 0 : 1)
