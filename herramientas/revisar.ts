// npm run check: corre los pasos en orden, uno por línea con su tiempo; de los que fallan, toda su salida. Falla al final si alguno falló.
// npm run check -- --escribir: antes escribe lo que se genera del código.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Archivo, archivosDeTexto } from './archivos.ts'
import { faltasDeCasa } from './casa.ts'
import { faltasDelContrato, GENERADO_GRPC } from './contratos/grpc.ts'
import { enlacesRotos } from './enlaces.ts'
import { instaladoParaCorrer } from './instalado.ts'
import { presupuestos } from './presupuestos.ts'

/** `informe` se imprime siempre; `faltas`, además, hace fallar el paso. */
type Resultado = Readonly<{ informe?: readonly string[]; faltas: readonly string[] }>
type Paso = Readonly<{ nombre: string; correr: () => Resultado }>

const RAIZ = dirname(import.meta.dirname)
const CARPETAS = ['src', 'tests', 'pruebas', 'bench', 'herramientas'].filter((carpeta) => existsSync(join(RAIZ, carpeta)))

/** Corre un programa de node_modules; si no termina en 0, sus faltas son su salida completa. */
const programa = (guion: string, ...args: readonly string[]): Resultado => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(RAIZ, 'node_modules', guion), ...args], {
    cwd: RAIZ,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  return { faltas: status === 0 ? [] : [`${stdout}${stderr}`.trim() || `terminó con ${status}`] }
}

/** Corre una herramienta de esta carpeta; lo que imprime es su informe si termina en 0, y sus faltas si no. */
const herramienta = (guion: string, ...args: readonly string[]): Resultado => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, guion), ...args],
    {
      cwd: RAIZ,
      encoding: 'utf8',
    },
  )
  if (status !== 0) return { faltas: [`${stdout}${stderr}`.trim() || `terminó con ${status}`] }
  return {
    informe: stdout
      .split('\n')
      .slice(0, 1)
      .filter((linea) => linea !== ''),
    faltas: [],
  }
}

const ESCRIBIR = process.argv.filter((argumento) => argumento === '--escribir')

/** Los mensajes de gRPC los escribe su generador, a su estilo: presupuestos y reglas de la casa son de lo que alguien lee y cambia. */
const escritosAMano = (): readonly Archivo[] => archivosDeTexto(RAIZ).filter(({ ruta }) => !ruta.startsWith(`${GENERADO_GRPC}/`))

const PASOS: readonly Paso[] = [
  { nombre: 'generados', correr: () => herramienta('contratos.ts', ...ESCRIBIR) },
  { nombre: 'contrato gRPC', correr: () => ({ faltas: faltasDelContrato(RAIZ) }) },
  { nombre: 'tipos', correr: () => programa('typescript/bin/tsc', '-p', '.') },
  { nombre: 'tipos de la página', correr: () => programa('typescript/bin/tsc', '-p', 'src/ui/vistas') },
  {
    nombre: 'lint',
    correr: () => programa('@biomejs/biome/bin/biome', 'ci', '--colors=off', '--diagnostic-level=warn', '--error-on-warnings', '.'),
  },
  {
    nombre: 'fronteras',
    correr: () => programa('dependency-cruiser/bin/dependency-cruiser.mjs', '--output-type', 'err-long', ...CARPETAS),
  },
  { nombre: 'enlaces', correr: () => ({ faltas: enlacesRotos(RAIZ, archivosDeTexto(RAIZ)) }) },
  { nombre: 'presupuestos', correr: () => presupuestos(escritosAMano()) },
  { nombre: 'instalado', correr: () => instaladoParaCorrer(RAIZ) },
  { nombre: 'recorrido', correr: () => herramienta('recorrido.ts') },
  { nombre: 'casa', correr: () => ({ faltas: faltasDeCasa(escritosAMano()) }) },
]

const correrPaso = ({ nombre, correr }: Paso): boolean => {
  const inicio = performance.now()
  const { informe = [], faltas } = correr()
  const segundos = ((performance.now() - inicio) / 1000).toFixed(1)
  console.log(`${faltas.length === 0 ? '✔' : '✖'} ${nombre} (${segundos} s)`)
  for (const linea of informe) console.log(`  ${linea}`)
  for (const falta of faltas) console.log(falta)
  return faltas.length === 0
}

const fallidos = PASOS.filter((paso) => !correrPaso(paso)).map(({ nombre }) => nombre)
console.log(fallidos.length === 0 ? 'Todo en orden.' : `Falló: ${fallidos.join(', ')}.`)
process.exitCode = fallidos.length === 0 ? 0 : 1
